// What the lab says of itself: how it is built, and what is our own.

/** How it is built. */
export const METHOD: readonly string[] = [
  'A response has four content tokens of values 0 to 5 and then up to 32 filler tokens of three kinds, until an end token. The gold reward is half a unit for each unit of value, less $0.05$ times the square of the filler tokens beyond 11. In the responses of the reference policy better content comes with more filler: $6 + 0.8\\,(\\Sigma\\text{values} - 10)$ on average, and less than 11 in most. So length is a sign of quality there, and costs nothing.',
  'The reward model sees of a content token only whether its value lies in the upper half, and counts the filler tokens by kind. An encoder with one hidden layer gives $\\mu$ and $\\log\\sigma^2$, a sample is $z = \\mu + \\sigma\\epsilon$, and the reward is $w\\cdot z$, or $w\\cdot\\mu$ once it is trained. It learns from 100 pairs, whose preferences are drawn by Bradley and Terry’s model from the gold rewards: $-\\log\\sigma(r_+ - r_-) + \\beta\\,\\mathrm{KL}(N(\\mu,\\sigma^2)\\,\\|\\,N(0,I))$. Without a bottleneck $\\beta = 0$ and $z = \\mu$.',
  'A Gaussian is fitted to $\\mu$ of $n$ responses of the reference policy. With its mean $\\bar\\mu$ and covariance $S$, $D^2 = (\\mu-\\bar\\mu)^\\top S^{-1}(\\mu-\\bar\\mu)$. If $\\mu$ is Gaussian, $\\frac{n(n-d)}{d(n^2-1)}D^2$ of a fresh response has the $F$ distribution with $d$ and $n-d$ degrees of freedom (Hotelling). A response is an outlier if that is improbable at the level $\\alpha$. The tail of $\\chi^2_d$ is the limit for large $n$.',
  'The policy is log-linear: a table for the content, and one row that is added to the reference’s logits at every place for filler. RLOO optimises it against the standardised reward: alone, less $\\gamma D$ (the penalty), less $\\gamma D$ of another response of the batch (shuffled), and, for comparison, against the gold reward. The first two are repeated with the reward model without a bottleneck.',
  'The segments of the split are the content tokens, and the filler tokens with the end; it is that of the optimisation with the penalty.',
];

/** Our reading, derivations and findings. */
export const OURS: readonly string[] = [
  'Ours: $D$ does not change under an invertible linear map of the latent space, so that shrinking directions, which is what a bottleneck does first, cannot make a response more or less of an outlier; only what the encoder’s nonlinearity, or a ridge on the covariance, does can.',
  'In keeping with that, over-optimised responses are outliers with and without a bottleneck; as a sign of over-optimisation the bottleneck was not needed.',
  'What the bottleneck did do at the default settings, over five seeds: the reward model agreed more often with fresh preferences (0.71 against 0.68), and at γ = 0.5 the penalty prevented 0.95 of the fall against 0.47, at every seed more than without. At γ = 1 (two seeds) it prevented 0.9 with either, so that this is a matter of γ.',
  'These five seeds were looked at while the setting was chosen. Seeds 6 to 10 were not, and on them nothing about the bottleneck is decided: the penalty prevented 0.49 [−0.12, 1.10] of the fall, 0.04 [−0.23, 0.30] more than without a bottleneck, and agreement differed by 0.007 [−0.007, 0.021]. Over all ten the penalty prevents 0.72 [0.42, 1.01], and 0.26 [0.02, 0.49] more with a bottleneck. Take the verdict over five seeds with that.',
  'The share of outliers is no scale of the damage: at the highest gold reward it was between 0.4 and 1.0 already, and with the penalty it ended between 0.2 and 1.0 although gold was kept. It rises for honest gains, too: to 0.2 for a policy optimised on gold; and with a KL penalty of 0.1 (two seeds) to 0.95 without any fall of gold.',
  'The correction for an estimated covariance is ours; with $n = 4d$ samples the tail of $\\chi^2$ calls 19 of 100 fresh points outliers at a level of 5 %, Hotelling’s 5. With hundreds of samples in a few dimensions it matters little.',
  '$\\mu$ of the reference’s responses is not Gaussian, so that the share among them is α only about: 0.07 at 0.05.',
];
