import * as v from 'valibot';
import { RescindError } from '#core/error';

/** Parses what AWS answered; a shape that the API reference does not show is an error, never a guess. */
export function parseAnswer<S extends v.GenericSchema>(
  operation: string,
  schema: S,
  answer: unknown,
): v.InferOutput<S> {
  const parsed = v.safeParse(schema, answer);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new RescindError(
    'ANSWER_UNEXPECTED',
    `${operation} at ${issue ? (v.getDotPath(issue) ?? 'its root') : 'its root'}`,
  );
}

/** Dates come as Date from the SDK. */
export const date = v.optional(
  v.nullable(
    v.pipe(
      v.union([v.date(), v.string()]),
      v.transform((value) => new Date(value).toISOString()),
    ),
  ),
);

const tagList = v.optional(v.array(v.object({ Key: v.string(), Value: v.optional(v.string(), '') })), []);
/** `[{Key, Value}]` as one object; null prototype, because keys are hostile. */
export const tags = v.pipe(
  tagList,
  v.transform((list): Record<string, string> => {
    const byKey: Record<string, string> = Object.create(null);
    for (const { Key, Value } of list) byKey[Key] = Value;
    return byKey;
  }),
);
