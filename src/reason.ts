/** Reasons are declared data: a table of sentences per owner; using an unknown code or forgetting a placeholder does not compile. */
import type { Evidence, Reason } from './answer.ts';
import type { Span } from './dockerfile/model.ts';

type Placeholders<S extends string> = S extends `${string}{${infer P}}${infer Rest}` ? P | Placeholders<Rest> : never;
type Params<S extends string> = [Placeholders<S>] extends [never]
  ? Record<string, never> | undefined
  : Readonly<Record<Placeholders<S>, string | number>>;

/** A sentence, or a sentence with what would settle a refusal. `{name}` is a placeholder in both. */
export type Sentence = string | { readonly says: string; readonly settle: string };
type TextOf<S extends Sentence> = S extends string
  ? S
  : S extends { readonly says: infer A extends string; readonly settle: infer B extends string }
    ? `${A}${B}`
    : never;

export interface ReasonTable {
  /** A transform's name, an ecosystem's name, `file`, `image` or `pipeline`. */
  readonly owner: string;
  readonly sentences: Readonly<Record<string, Sentence>>;
}

/** Where in the Dockerfile, and what proves it. */
export interface Ground {
  readonly at?: Span;
  readonly evidence?: readonly Evidence[];
}

export type Explain<T extends Readonly<Record<string, Sentence>>> = <K extends keyof T & string>(
  code: K,
  ...rest: [Placeholders<TextOf<T[K]>>] extends [never]
    ? [params?: Params<TextOf<T[K]>>, ground?: Ground]
    : [params: Params<TextOf<T[K]>>, ground?: Ground]
) => Reason;

/** Declares the reasons of one owner and returns the function that states them. */
export function defineReasons<const T extends Readonly<Record<string, Sentence>>>(
  owner: string,
  sentences: T,
): { readonly table: ReasonTable; readonly explain: Explain<T> } {
  const explain = (code: string, params?: Readonly<Record<string, string | number>>, ground?: Ground): Reason => {
    const sentence = sentences[code];
    if (sentence === undefined) throw new Error(`no reason ${owner}/${code}`);
    const says = typeof sentence === 'string' ? sentence : sentence.says;
    const settle = typeof sentence === 'string' ? undefined : sentence.settle;
    return {
      code: `${owner}/${code}`,
      text: fill(says, params),
      ...(settle === undefined ? {} : { settle: fill(settle, params) }),
      ...ground,
    };
  };
  return { table: { owner, sentences }, explain: explain as Explain<T> };
}

function fill(template: string, params: Readonly<Record<string, string | number>> | undefined): string {
  return template.replace(/\{([a-zA-Z]+)\}/g, (whole, name: string) => String(params?.[name] ?? whole));
}
