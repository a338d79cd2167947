// What `gradsplit help` explains besides commands: pages of the documentation, or sections of them.

/** A topic. */
export interface Topic {
  readonly name: string;
  /** What it is about, for the list. */
  readonly sentence: string;
  /** The page of docs/. */
  readonly page: string;
  /** The heading of the section, if it is not the whole page; for a claim its id, with which the heading begins. */
  readonly heading?: string;
}

/** All topics. Some have the name of a command; its help comes first. */
export const topics: readonly Topic[] = [
  { name: 'formats', sentence: 'files and JSON documents, field by field', page: 'formats.md' },
  { name: 'exit-codes', sentence: 'what the exit codes mean', page: 'formats.md', heading: 'Exit codes' },
  {
    name: 'environment',
    sentence: 'the environment variables that are read',
    page: 'formats.md',
    heading: 'Environment variables',
  },
  { name: 'objectives', sentence: 'every objective with its weights and options', page: 'objectives.md' },
  { name: 'claims', sentence: 'the theorems: definitions, conditions, checks', page: 'theory.md' },
  { name: 'training', sentence: 'tasks, the training loop, its options', page: 'training.md' },
  { name: 'gpu', sentence: 'which work runs on a GPU', page: 'gpu.md' },
];

/** The claims, each a topic of its own. */
export const claimTopics: readonly Topic[] = [
  ...['C1', 'C2', 'C3', 'C4', 'C5', 'C5b', 'C6', 'C7', 'C8', 'C9'],
].map((id) => ({ name: id, sentence: 'a claim: what it says and why', page: 'theory.md', heading: id }));
