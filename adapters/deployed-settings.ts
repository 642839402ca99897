import { unzipSync } from 'fflate';
import { RescindError, RetryableError } from '#core/error';
import { askAws } from './checks.ts';

const file = 'deployment.json';

/** The settings that a deployed function reads (`adapters/deployment.ts`), out of its code as Lambda keeps it. */
export async function deployedSettings(functionName: string): Promise<unknown> {
  const { Code } = (await askAws('lambda:GetFunction', { FunctionName: functionName })) as {
    Code?: { Location?: string };
  };
  const bytes = await codeAt(Code?.Location ?? '');
  const held = unzipSync(bytes, { filter: ({ name }) => name === file })[file];
  if (!held) throw new RescindError('ANSWER_UNEXPECTED', `the code of ${functionName} holds no ${file}`);
  return JSON.parse(new TextDecoder().decode(held)).settings;
}

/** Lambda hands out a signed URL that is good for ten minutes (API Reference, GetFunction): it is told to nobody. */
async function codeAt(url: string): Promise<Uint8Array> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  } catch (cause) {
    throw new RetryableError('the code of the deployment cannot be fetched', { cause });
  }
}
