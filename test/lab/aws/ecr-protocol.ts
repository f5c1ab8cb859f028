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

/** The services that speak AWS JSON here, by what `X-Amz-Target` begins with in their SDK clients. */
const TARGETS = {
  AmazonEC2ContainerRegistry_V20150921: 'ecr',
  SpencerFrontendService: 'ecr-public',
} as const;

/** Service and operation that `X-Amz-Target` names; what is unknown is taken for an operation of ECR. */
export function parseTarget(target: string): {
  readonly service: 'ecr' | 'ecr-public';
  readonly name: string;
} {
  const [prefix = '', name] = target.split('.', 2);
  const service = TARGETS[prefix as keyof typeof TARGETS];
  return service === undefined || name === undefined ? { service: 'ecr', name: target } : { service, name };
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
