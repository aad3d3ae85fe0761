// deno task classify cat.jpg dog.png: what the pictures show.
import { loadModel } from 'hetconv';

if (Deno.args.length === 0) {
  console.error('give JPEG, PNG or WebP files: deno task classify cat.jpg dog.png');
  Deno.exit(2);
}
const model = await loadModel(new URL(import.meta.resolve('hetconv/models/resnet20-cifar10-p4/model.safetensors')));
for (const path of Deno.args) {
  try {
    const [best] = await model.classify(await Deno.readFile(path), { topK: 1 });
    console.log(`${path}: ${best!.label}, ${(100 * best!.probability).toFixed(1)} %`);
  } catch (error) {
    console.error(`${path}: ${(error as Error).message}`);
    Deno.exitCode = 1;
  }
}
