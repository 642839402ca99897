/**
 * Stands in for the SDK's event streams in the bundles (see `lib/bundle.ts`): 15 KB for operations such as
 * SelectObjectContent, of which we call none. Who does is told so, and takes the alias away.
 */
export const resolveEventStreamSerdeConfig = <T>(config: T): T => config;
export const eventStreamSerdeProvider = (): never => {
  throw new Error('no operation of ours streams events');
};
export class EventStreamSerde {
  constructor() {
    eventStreamSerdeProvider();
  }
}
