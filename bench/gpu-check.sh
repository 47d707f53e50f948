#!/usr/bin/env bash
# What a machine with a GPU is asked, in under ten minutes of its time: kernel tests on the device, then the benchmark.
#   bench/gpu-check.sh publish        here, once: self-contained programs under artifacts/gpu-check (only the driver is needed there)
#   OUT=DIR bench/gpu-check.sh run    there: writes gpu-tests.txt, gpu.json, gpu-profile.json and gpu-comb-*.json into $OUT
# Ends with the number of failed steps.
set -uo pipefail
cd "$(dirname "$0")/.."
programs=artifacts/gpu-check
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

case "${1:-}" in
  publish)
    dotnet publish -c Release -p:Gpu=true -r linux-x64 --self-contained true -o "$programs/bench" bench || exit 1
    echo "publish: $(du -sh "$programs" | cut -f1) under $programs; copy the repository folder with it and run: OUT=DIR bench/gpu-check.sh run"
    ;;
  run)
    out=${OUT:?name a folder for the results: OUT=DIR bench/gpu-check.sh run}
    mkdir -p "$out"
    bench=$programs/bench/Tactus.Bench
    chmod +x "$bench"
    failed=0
    nvidia-smi > "$out/nvidia-smi.txt" 2>&1 || echo "nvidia-smi is missing" > "$out/nvidia-smi.txt"

    # 2^17 random and edge-biased items against scalar, and every hash length to 300 bytes
    timeout 150 "$bench" gpu-test --device "${TACTUS_GPU:-auto}" --items 131072 > "$out/gpu-tests.txt" 2>&1 || failed=$((failed + 1))
    tail -3 "$out/gpu-tests.txt"
    timeout 240 "$bench" gpu --device "${TACTUS_GPU:-auto}" --json "$out/gpu.json" --profile "$out/gpu-profile.json" \
      > "$out/gpu.txt" 2>&1 || failed=$((failed + 1))
    cat "$out/gpu.txt"

    # which digit of the generator's comb suits the card's cache
    for bits in 8 14 16; do
      timeout 60 "$bench" gpu --device "${TACTUS_GPU:-auto}" --comb "$bits" --largest 18 --rounds 3 --json "$out/gpu-comb-$bits.json" \
        > "$out/gpu-comb-$bits.txt" 2>&1 || failed=$((failed + 1))
      grep -E "verify +262144|recover +262144" "$out/gpu-comb-$bits.txt"
    done
    echo "$failed steps failed"
    exit "$failed"
    ;;
  *)
    sed -n '2,5p' "$0" | cut -c3-
    exit 2
    ;;
esac
