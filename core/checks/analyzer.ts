import * as v from 'valibot';
import { type Check, missing, ok } from './check.ts';

const found = v.object({ name: v.string(), type: v.string(), status: v.string() });
/** Kinds of access, and how the types of their analyzers end (API Reference, AnalyzerSummary). */
const kinds = { external: '', unused: '_UNUSED_ACCESS', internal: '_INTERNAL_ACCESS' };

/** For each kind of access an analyzer, of the account or of its organization. */
export const analyzer: Check = {
  name: 'analyzer',
  async examine(_, { ask, region }) {
    const { analyzers } = await ask('access-analyzer:ListAnalyzers', {}, v.object({ analyzers: v.array(found) }));
    return Object.entries(kinds).map(([kind, ending]) => {
      const types = ['ACCOUNT', 'ORGANIZATION'].map((zone) => `${zone}${ending}`);
      const all = analyzers.filter(({ type }) => types.includes(type));
      const active = all.find(({ status }) => status === 'ACTIVE');
      if (active) return ok(`the analyzer ${active.name} is active`, kind);
      const standing = all.map(({ name, status }) => `the analyzer ${name} is ${status}`).join('; ');
      const make = `aws accessanalyzer create-analyzer --analyzer-name NAME --type ${types[0]}`;
      return missing(standing || `no analyzer in ${region}`, make, kind);
    });
  },
};
