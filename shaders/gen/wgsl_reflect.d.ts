// The package's `main` is a CommonJS file under "type": "module" and throws in Node; its module build ships without a declaration.
declare module "wgsl_reflect/wgsl_reflect.module.js" {
  export * from "wgsl_reflect";
}
