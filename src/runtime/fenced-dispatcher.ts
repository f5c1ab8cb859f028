import type { Dispatcher } from 'undici';
import type { Fence } from './fence.ts';

/**
 * The same connections, with a fence before each request that is no GET. It is asked when the request is about to be
 * written, and not when it is made: a request can wait for its connection for long, and the process be stopped
 * meanwhile.
 */
export function fencedDispatcher(dispatcher: Dispatcher, fence: Fence): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => {
    const isWrite = options.method !== 'GET' && options.method !== 'HEAD';
    return dispatch(options, isWrite ? fencedHandler(handler, fence) : handler);
  });
}

/** What a handler's `onRequestStart` throws fails the request, of which nothing has been sent then. */
function fencedHandler(handler: Dispatcher.DispatchHandler, fence: Fence): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller, context) {
      fence();
      handler.onRequestStart?.(controller, context);
    },
    onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
    onResponseStart: (...given) => handler.onResponseStart?.(...given),
    onResponseData: (...given) => handler.onResponseData?.(...given),
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError: (...given) => handler.onResponseError?.(...given),
  };
}
