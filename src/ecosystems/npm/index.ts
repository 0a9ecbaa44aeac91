import { nodeEcosystem } from '../node/ecosystem.ts';

export const npm = nodeEcosystem('npm');
