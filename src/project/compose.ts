import type { ComposeService } from './project.ts';
export interface ComposeInput {
  readonly dockerfile: string | undefined;
  readonly files: readonly { readonly path: string; readonly text: string }[];
}
/** Services of compose files that build this Dockerfile. */
export function composeServices(_input: ComposeInput): readonly ComposeService[] {
  return [];
}
