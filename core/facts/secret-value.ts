import * as v from 'valibot';
import { AwsRefusal, type CallAws } from '#core/ports';
import { parseAnswer } from './answer.ts';

const describeAnswer = v.object({ VersionIdsToStages: v.record(v.string(), v.array(v.string())) });
const valueAnswer = v.object({ SecretString: v.optional(v.string()), VersionId: v.string() });
const keyDocument = v.looseObject({ accessKeyId: v.string(), secretAccessKey: v.string() });

export type KeyDocument = v.InferOutput<typeof keyDocument>;
export type Label = 'AWSCURRENT' | 'AWSPENDING' | 'AWSPREVIOUS';

/** A version of a secret that should hold an access key; `document` is null where it holds something else. */
export interface HeldKey {
  versionId: string;
  document: KeyDocument | null;
}

/** The version that carries the label, or null. Its value never leaves this process but to IAM, STS and the secret. */
export async function heldKey(secretArn: string, label: Label, aws: CallAws): Promise<HeldKey | null> {
  const versionId = await versionOf(secretArn, label, aws);
  if (!versionId) return null;
  try {
    const answer = await aws('secretsmanager:GetSecretValue', { SecretId: secretArn, VersionStage: label });
    const { SecretString, VersionId } = parseAnswer('secretsmanager:GetSecretValue', valueAnswer, answer);
    return { versionId: VersionId, document: keyDocumentOf(SecretString) };
  } catch (error) {
    // A rotation that has only begun labels a version before it has a value (RotateSecret).
    if (error instanceof AwsRefusal && error.name === 'ResourceNotFoundException') return { versionId, document: null };
    throw error;
  }
}

/** The id of the version with this label: asked first, because reading a label that nobody carries is an error. */
export async function versionOf(secretArn: string, label: Label, aws: CallAws): Promise<string | null> {
  const answer = await aws('secretsmanager:DescribeSecret', { SecretId: secretArn });
  const { VersionIdsToStages } = parseAnswer('secretsmanager:DescribeSecret', describeAnswer, answer);
  return Object.entries(VersionIdsToStages).find(([, labels]) => labels.includes(label))?.[0] ?? null;
}

/** The key that a secret's text holds, or null. */
export function keyDocumentOf(text: string | undefined): KeyDocument | null {
  try {
    const parsed = v.safeParse(keyDocument, JSON.parse(text ?? ''));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
