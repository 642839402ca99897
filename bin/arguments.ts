import { InvalidArgumentError } from 'commander';
import { isCaseId } from '#core/ids';

/** Arguments that several commands take, refused with what they should be. */
export function caseId(text: string): string {
  if (!isCaseId(text)) throw new InvalidArgumentError('It is c- and 16 hex digits; "rescind cases" lists them.');
  return text;
}

export function sentence(text: string): string {
  if (text.trim() === '' || text.length > 500) throw new InvalidArgumentError('It has from 1 to 500 characters.');
  return text.trim();
}

export function positive(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It is a number from 1 to 9999.');
  return Number(text);
}

export const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
