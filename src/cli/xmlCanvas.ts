// A document for figures where there is no page.
import { DOMImplementation, XMLSerializer } from '@xmldom/xmldom';
import type { Canvas } from '../bench/report/figure.js';

export function xmlCanvas(): Canvas {
  const document = new DOMImplementation().createDocument('http://www.w3.org/1999/xhtml', 'html');
  const serializer = new XMLSerializer();
  return {
    document: document as unknown as Document,
    serialize: (element) => serializer.serializeToString(element as unknown as Parameters<XMLSerializer['serializeToString']>[0]),
  };
}
