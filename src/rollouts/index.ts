// Public surface of gradsplit/rollouts: trajectories of anyone's rollouts, and the formats they are read from.
export type { Header, RolloutFormat } from './format.ts';
export { type LoggedNaN, type Place, ROLES, type Role, type Texts, type Trajectory } from './trajectory.ts';
