import { randomUUID } from 'node:crypto';
import { AwsError } from './aws-error.ts';
import type { Input, Output } from './parameters.ts';
import { isObject } from './policy-document.ts';

/** A whole answer, ready to be written. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TARGET = 'AmazonEC2ContainerRegistry_V20150921.';

/** The operation's name in `X-Amz-Target`; undefined for another service. */
export function operationOfTarget(target: string | undefined): string | undefined {
  return target?.startsWith(TARGET) === true ? target.slice(TARGET.length) : undefined;
}

/** Reads a request's body; throws SerializationException. */
export function parseJsonRequest(body: Buffer): Input {
  try {
    const parsed: unknown = body.length === 0 ? {} : JSON.parse(body.toString());
    if (isObject(parsed)) return parsed;
  } catch {
    // falls through: refused below
  }
  throw new AwsError('SerializationException', 'Start of structure or map found where not expected.');
}

/** AWS JSON 1.1: times are epoch seconds, absent members are left out. */
export function jsonAnswer(output: Output): WireAnswer {
  return answer(200, JSON.stringify(wireValue(output)));
}

/** `__type` names the error, which is all that the SDK goes by. */
export function jsonError(error: AwsError): WireAnswer {
  return answer(error.status, JSON.stringify({ __type: error.name, message: error.message }));
}

function answer(status: number, body: string): WireAnswer {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() };
  return { status, headers, body };
}

function wireValue(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(wireValue);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, wireValue(inner)]));
}
