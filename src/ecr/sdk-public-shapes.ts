import type { RepositoryCatalogData, RepositoryCatalogDataInput } from '@aws-sdk/client-ecr-public';
import type { CatalogInput, LiveCatalog } from './public-repository-api.ts';

/** Catalogue data of an answer. */
export function liveCatalog(data: RepositoryCatalogData = {}): LiveCatalog {
  const { description, architectures, operatingSystems, aboutText, usageText, logoUrl } = data;
  return {
    ...(description ? { description } : {}),
    ...(architectures ? { architectures } : {}),
    ...(operatingSystems ? { operatingSystems } : {}),
    ...(aboutText ? { aboutText } : {}),
    ...(usageText ? { usageText } : {}),
    ...(logoUrl ? { logoUrl } : {}),
  };
}

/** As the SDK takes catalogue data. */
export function catalogInput({
  architectures,
  operatingSystems,
  logoImage,
  ...texts
}: CatalogInput): RepositoryCatalogDataInput {
  return {
    ...texts,
    ...(architectures ? { architectures: [...architectures] } : {}),
    ...(operatingSystems ? { operatingSystems: [...operatingSystems] } : {}),
    ...(logoImage === undefined ? {} : { logoImageBlob: Buffer.from(logoImage, 'base64') }),
  };
}
