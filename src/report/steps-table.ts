/** The table of steps in README.md, made from the registry. */
import { transforms } from '../../transforms/index.ts';

/** The text with its table between the two marks renewed. */
export function withStepsTable(text: string): string {
  const rows = transforms.map(
    ({ name, summary, default: isDefault }) =>
      `| [\`${name}\`](transforms/${name}.md) | ${summary}${isDefault ? '' : ' (opt-in)'} |`,
  );
  const table = ['<!-- steps -->', '| step | does |', '| --- | --- |', ...rows, '<!-- /steps -->'].join('\n');
  return text.replace(/<!-- steps -->[\s\S]*<!-- \/steps -->/, () => table);
}
