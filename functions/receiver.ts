import { receiverHandler } from '#adapters/receiver';

export const handler = receiverHandler;
