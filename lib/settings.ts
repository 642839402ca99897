import { readFileSync } from 'node:fs';
import { RescindError } from '#core/error';
import { parseSettings, type Settings } from '#core/settings';

/** The settings of a deployment: the defaults, and what the JSON file overrides. Errors name the file. */
export function readSettings(file: string | undefined): Settings {
  if (!file) return parseSettings({});
  const broken = (about: string, cause: unknown) =>
    new RescindError('SETTINGS_INVALID', `${file}: ${about}`, { cause });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw broken('the file cannot be read: RESCIND_SETTINGS must name a JSON file', cause);
  }
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (cause) {
    throw broken('the file is not JSON', cause);
  }
  // An array has no unknown key, so the schema would take it for an empty object: all defaults, silently.
  if (Array.isArray(input)) throw broken('the file: is an array, not an object of settings', undefined);
  try {
    return parseSettings(input);
  } catch (cause) {
    if (!(cause instanceof RescindError)) throw cause;
    // The sentence of the code is said once, before the file's name.
    throw broken(cause.message.slice(cause.message.indexOf(': ') + 2), cause);
  }
}
