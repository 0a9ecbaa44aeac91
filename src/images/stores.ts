/** Certificate stores and time zone databases that images bring. Sources: distroless README ("What's in them"), buildpack-deps@8330ca1. */
import type { ImageFacts } from './image.ts';

/** Where Debian and Alpine keep the bundle, and where every TLS library on Linux looks first. */
export const CERTIFICATE_BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

/** Is a bundle of certificate authorities certainly there? */
export function hasCertificates(image: ImageFacts): boolean {
  return image.family === 'distroless' || image.has('update-ca-certificates') === 'present';
}

/** Is the time zone database certainly there? */
export function hasTimeZones(image: ImageFacts): boolean {
  return image.family === 'distroless';
}
