import { nodeEcosystem } from '../node/ecosystem.ts';

export const bun = nodeEcosystem('bun');
