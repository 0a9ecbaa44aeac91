import { nodeEcosystem } from '../node/ecosystem.ts';

export const pnpm = nodeEcosystem('pnpm');
