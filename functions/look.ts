import { lookHandler } from '#adapters/look';

export const handler = lookHandler;
