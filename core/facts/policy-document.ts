/** A statement as somebody wrote it: any member may be missing, and what may be one or a list is a list here. */
export interface PolicyStatement {
  effect: unknown;
  actions: string[];
  notActions: string[];
  resources: string[];
  notResources: string[];
  /** By kind: AWS, Service, Federated, CanonicalUser; `*` stands under AWS. */
  principals: Record<string, string[]>;
}

/** The document as an object; its text where it is no JSON, so that a backup loses nothing. IAM answers it URL-encoded. */
export function policyDocument(text: string): unknown {
  const clear = decoded(text);
  return parsed(text) ?? parsed(clear) ?? clear;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The statements of a document (IAM User Guide, "Grammar of the IAM JSON policy language"). */
export function statementsOf(document: unknown): PolicyStatement[] {
  return listOf(member(document, 'Statement')).map((statement) => {
    const principal = member(statement, 'Principal');
    return {
      effect: member(statement, 'Effect'),
      actions: texts(member(statement, 'Action')),
      notActions: texts(member(statement, 'NotAction')),
      resources: texts(member(statement, 'Resource')),
      notResources: texts(member(statement, 'NotResource')),
      principals:
        typeof principal === 'string'
          ? { AWS: [principal] }
          : Object.fromEntries(Object.entries(principal ?? {}).map(([kind, named]) => [kind, texts(named)])),
    };
  });
}

const member = (holder: unknown, name: string): unknown =>
  typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name)
    ? (holder as Record<string, unknown>)[name]
    : undefined;
const listOf = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const texts = (value: unknown): string[] => listOf(value).filter((item) => typeof item === 'string');
