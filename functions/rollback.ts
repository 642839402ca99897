import { rollbackHandler } from '#adapters/rollback';

export const handler = rollbackHandler;
