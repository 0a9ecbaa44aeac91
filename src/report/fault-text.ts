/** Faults and notes as a person reads them: what, where, why, next step. */
import type { Reason } from '../answer.ts';
import type { Fault } from '../fault.ts';
import type { Style } from './style.ts';

/** Several lines, the last one ended; the stack of a bug only when `verbose`. */
export function faultText(fault: Fault, style: Style, verbose: boolean): string {
  const { bold, red, dim } = style.palette;
  const place =
    fault.line === undefined || fault.path === undefined ? '' : `${style.showName(fault.path)}:${fault.line}: `;
  const lines = [`${red(bold('error'))} ${bold(fault.reason.code)}: ${place}${style.show(fault.reason.text)}`];
  for (const [number, text] of fault.excerpt ?? []) {
    const mark = number === fault.line ? red('>') : ' ';
    lines.push(` ${mark} ${dim(`${String(number).padStart(4)} |`)} ${style.show(text.replace(/\r$/, ''))}`);
  }
  for (const hint of fault.hints ?? []) lines.push(`  ${style.show(hint)}`);
  if (fault.reason.settle !== undefined) lines.push(`  ${style.show(fault.reason.settle)}`);
  if (verbose && fault.stack !== undefined) lines.push(dim(style.show(fault.stack)));
  return `${lines.join('\n')}\n`;
}

/** One line, and a second one for what would settle it. */
export function noteText(reason: Reason, style: Style): string {
  const settle = reason.settle === undefined ? '' : `; ${style.show(reason.settle)}`;
  return `${style.palette.cyan('note')} ${style.palette.dim(`${reason.code}:`)} ${style.show(reason.text)}${settle}\n`;
}
