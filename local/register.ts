import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { caseTable } from '#adapters/register';
import type { Register } from '#core/register';
import type { Engine } from './engine.ts';

/** The register of a local deployment, read as the account's administrator. */
export const registerOf = ({ endpoint, region, root }: Engine, table: string): Register =>
  caseTable(table, new DynamoDBClient({ endpoint, region, credentials: root }));
