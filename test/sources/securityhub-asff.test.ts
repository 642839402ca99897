import { describe, expect, it } from 'vitest';
import type { Json } from './guardduty-finding.ts';
import { found } from './read-finding.ts';
import { control, event, seen } from './securityhub-event.ts';

const severityOf = (Severity: unknown, overrides: Json = {}) =>
  found(event([control('IAM.3', { Severity, ...overrides })])).severity;

describe('securityhub, ASFF: the severity', () => {
  it.each<[unknown, number]>([
    [{ Label: 'INFORMATIONAL' }, 0],
    [{ Label: 'LOW', Normalized: 39 }, 1],
    [{ Label: 'MEDIUM' }, 4],
    [{ Label: 'HIGH' }, 7],
    [{ Label: 'CRITICAL' }, 9],
    [{ Label: 'critical' }, 9],
    [{ Normalized: 10 }, 1],
    [{ Normalized: 100 }, 10],
  ])('of %j is %d', (severity, expected) => {
    expect(severityOf(severity)).toBe(expected);
  });

  it.each([
    { Label: 'HUGE' },
    { Label: 7 },
    { Label: 'constructor' },
    { Normalized: 700 },
    { Normalized: '70' },
    'HIGH',
    null,
  ])('is none, and asks, for %j', (Severity) => {
    expect(found(event([seen({ Severity })]))).toMatchObject({ severity: 0, signal: 'blocking' });
  });

  it('is what the provider says where the finding does not', () => {
    expect(severityOf(undefined, { FindingProviderFields: { Severity: { Label: 'HIGH' } } })).toBe(7);
  });
});

describe('securityhub, ASFF: the type', () => {
  it.each([
    'cis-aws-foundations-benchmark/v/1.4.0/1.14',
    'arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/1.4',
    'security-control/IAM.3',
  ])('of a control is its id, whatever generator reports it: %s (trap 16)', (GeneratorId) => {
    expect(found(event([control('IAM.3', { GeneratorId, Compliance: { Status: 'FAILED' } })])).type).toBe('IAM.3');
  });

  it('of a control is the id that the old field tells', () => {
    const finding = control('IAM.3', { Compliance: { Status: 'FAILED' }, ProductFields: { ControlId: 'PCI.IAM.6' } });
    expect(found(event([finding])).type).toBe('IAM.19');
  });

  it("of a product's finding is its own, also where it claims a control", () => {
    const finding = seen({ Compliance: { SecurityControlId: 'IAM.4' }, GeneratorId: 'security-control/IAM.4' });
    expect(found(event([finding])).type).toBe('TTPs/Credential Access');
  });
});
