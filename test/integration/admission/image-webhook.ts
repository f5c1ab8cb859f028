import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { ControlPlane } from '../../lab/control-plane.ts';
import type { KubeObject } from '../../lab/kube-client.ts';

/** Pods with this label are what the webhook is asked about. */
export const REWRITTEN = { 'lab.test/rewrite': 'yes' };

/** A mutating webhook of somebody else, as those that send pulls to a mirror. */
export interface ImageWebhook {
  /** For the cluster. */
  readonly configuration: KubeObject;
  stop(): Promise<void>;
}

/** Serves it: it gives the first container of each Pod the image. */
export async function startImageWebhook(controlPlane: ControlPlane, image: string): Promise<ImageWebhook> {
  const { ca, certificateKey } = controlPlane;
  // The API server's own certificate will do: it is for the same address.
  const server = createServer({ cert: ca, key: certificateKey }, async (request, response) => {
    const { request: review } = (await json(request)) as { readonly request: { readonly uid: string } };
    const patch = [{ op: 'replace', path: '/spec/containers/0/image', value: image }];
    const answer = { uid: review.uid, allowed: true, patchType: 'JSONPatch', patch: base64(patch) };
    const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    configuration: configurationFor({ url, caBundle: Buffer.from(ca).toString('base64') }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function base64(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64');
}

function configurationFor(clientConfig: object): KubeObject {
  const webhook = {
    name: 'images.lab.test',
    clientConfig,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Fail',
    objectSelector: { matchLabels: REWRITTEN },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
  };
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const configuration = { apiVersion, kind: 'MutatingWebhookConfiguration', metadata: { name: 'images' } };
  return { ...configuration, webhooks: [webhook] } as KubeObject;
}
