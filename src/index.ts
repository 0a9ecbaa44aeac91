/** The public API. */
export { transforms } from '../transforms/index.ts';
export type { Answer, Evidence, Reason } from './answer.ts';
export { ecosystems } from './ecosystems/index.ts';
export { type MigrateOptions, migrate } from './migrate.ts';
export { type FileOutcome, type Migration, outcomeOf, type Step } from './migration.ts';
export { diskProject } from './project/disk.ts';
export { memoryProject } from './project/memory.ts';
export type { Project } from './project/project.ts';
export { defaultWishes, type FileEdit, type Outcome, type Transform, type Wishes } from './transform.ts';
