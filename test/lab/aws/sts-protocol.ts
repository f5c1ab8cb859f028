import { randomUUID } from 'node:crypto';
import type { AwsError } from './aws-error.ts';
import type { WireAnswer } from './ecr-protocol.ts';
import type { Input, Output } from './parameters.ts';
import { isObject } from './policy-document.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** Reads the form of a Query request. */
export function parseQueryRequest(body: Buffer): { readonly operation: string; readonly params: Input } {
  const {
    Action: operation = '',
    Version: _version,
    ...params
  } = Object.fromEntries(new URLSearchParams(body.toString()));
  return { operation, params };
}

/** `<AssumeRoleResponse><AssumeRoleResult>…`; times are ISO 8601. */
export function xmlAnswer(operation: string, output: Output): WireAnswer {
  const id = randomUUID();
  const metadata = `<ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata>`;
  const result = element(`${operation}Result`, output);
  return answer(
    200,
    id,
    `<${operation}Response xmlns="${NAMESPACE}">${result}${metadata}</${operation}Response>`,
  );
}

export function xmlError(error: AwsError): WireAnswer {
  const id = randomUUID();
  const type = error.status >= 500 ? 'Receiver' : 'Sender';
  const inner = element('Error', { Type: type, Code: error.name, Message: error.message });
  return answer(
    error.status,
    id,
    `<ErrorResponse xmlns="${NAMESPACE}">${inner}<RequestId>${id}</RequestId></ErrorResponse>`,
  );
}

function answer(status: number, id: string, body: string): WireAnswer {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': id }, body };
}

function element(name: string, value: unknown): string {
  if (value === undefined) return '';
  return `<${name}>${content(value)}</${name}>`;
}

function content(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (!isObject(value)) return escaped(String(value));
  return Object.entries(value)
    .map(([name, inner]) => element(name, inner))
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
