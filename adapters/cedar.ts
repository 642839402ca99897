import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import type { Decide, Decision, Deployment, Question } from '#core/ports';

/**
 * Policy by Cedar. Each question is asked twice, as it is and as if a person had approved, and the pair of answers is
 * ours: auto, approval or forbidden. Cedar skips a policy whose evaluation fails and decides by the others, which could
 * lose a `forbid`; so any error makes the answer `approval`.
 */
export function cedarDecide(policies: Deployment['policies']): Decide {
  const decide = prepared.get(policies.sha256) ?? deciderOf(policies);
  prepared.set(policies.sha256, decide);
  return decide;
}

/** By the text's digest: parsing and validating take longer than all the questions of a case. */
const prepared = new Map<string, Decide>();

function deciderOf(policies: Deployment['policies']): Decide {
  let texts: Map<string, string> | null = null;
  let broken = '';
  try {
    texts = prepare(policies);
  } catch (error) {
    broken = error instanceof Error ? error.message : String(error);
  }

  return (question) => {
    if (!texts) return { answer: 'approval', policies: [], reason: `the policies cannot be read: ${broken}` };
    const alone = authorize(question, false, policies.sha256);
    const approved = alone.allowed ? alone : authorize(question, true, policies.sha256);
    const quoted = (ids: string[]) => ids.map((id) => ({ id, text: texts.get(id) ?? '' }));
    const decided = (answer: Decision['answer'], ids: string[]): Decision => ({
      answer,
      policies: quoted(ids),
      reason: ids.length > 0 ? ids.join(', ') : 'no policy permits it',
    });
    if (alone.errors.length + approved.errors.length > 0)
      return {
        answer: 'approval',
        policies: [],
        reason: `policy could not decide: ${[...alone.errors, ...approved.errors][0]}`,
      };
    if (alone.allowed) return decided('auto', alone.reasons);
    if (approved.allowed) return decided('approval', alone.reasons.length > 0 ? alone.reasons : approved.reasons);
    return decided('forbidden', approved.reasons);
  };
}

/** Parses and validates once; answers each policy's text by its `@id`. Throws what is wrong with the text. */
function prepare({ text, schema, sha256: setName }: Deployment['policies']): Map<string, string> {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === 'failure') throw new Error(first(parts.errors));
  const texts = new Map<string, string>();
  for (const part of parts.policies) {
    const json = cedar.policyToJson(part);
    if (json.type === 'failure') throw new Error(first(json.errors));
    const id = json.json.annotations?.id;
    if (!id || texts.has(id)) throw new Error(`a policy has ${id ? 'the same' : 'no'} @id: ${id ?? part.slice(0, 80)}`);
    texts.set(id, part.trim());
  }
  const staticPolicies = Object.fromEntries(texts);
  const valid = cedar.validate({ schema, policies: { staticPolicies } });
  if (valid.type === 'failure') throw new Error(first(valid.errors));
  const [wrong] = valid.validationErrors;
  if (wrong) throw new Error(`${wrong.policyId}: ${wrong.error.message}`);
  for (const made of [cedar.preparseSchema(setName, schema), cedar.preparsePolicySet(setName, { staticPolicies })])
    if (made.type === 'failure') throw new Error(first(made.errors));
  return texts;
}

function authorize({ step, action, identity, context }: Question, approved: boolean, setName: string) {
  const { key, ...attrs } = identity;
  const resource = { type: 'Identity', id: key };
  const answer = cedar.statefulIsAuthorized({
    principal: { type: 'Step', id: step },
    action: { type: 'Action', id: action },
    resource,
    context: { ...context, approved },
    preparsedSchemaName: setName,
    validateRequest: true,
    preparsedPolicySetId: setName,
    entities: [{ uid: resource, attrs, parents: [] }],
  });
  if (answer.type === 'failure') return { allowed: false, reasons: [], errors: [first(answer.errors)] };
  const { decision, diagnostics } = answer.response;
  return {
    allowed: decision === 'allow',
    reasons: diagnostics.reason.toSorted(),
    errors: diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`),
  };
}

const first = (errors: { message: string }[]) => errors[0]?.message ?? 'unknown';
