import { type Check, checkReasons } from './check.ts';

/** Every comment is still there, as often as before. */
export const commentsSurvive: Check = ({ before, after }) => {
  const count = new Map<string, number>();
  for (const comment of after.file.comments) count.set(comment.text.trim(), (count.get(comment.text.trim()) ?? 0) + 1);
  for (const comment of before.file.comments) {
    const left = (count.get(comment.text.trim()) ?? 0) - 1;
    if (left < 0) return checkReasons.explain('comment-lost', { comment: comment.text.trim() });
    count.set(comment.text.trim(), left);
  }
  return undefined;
};
