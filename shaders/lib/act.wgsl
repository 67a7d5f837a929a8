// Element type of activations (`act` in a header's shape line): f32, or f16 in a kernel's twin, whose text has this line changed (`twinned` in src/gpu/layout.ts).
// Kernels convert as they load, f32(x[i]), and as they store, Act(v), and compute in f32. What is beyond 65504 becomes infinite in an f16.
alias Act = f32;
