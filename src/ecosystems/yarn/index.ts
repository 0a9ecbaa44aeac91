import { nodeEcosystem } from '../node/ecosystem.ts';

export const yarn = nodeEcosystem('yarn');
