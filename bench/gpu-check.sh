#!/usr/bin/env bash
# What a machine with a GPU is asked, in under eight minutes of its time: the benchmark, then the kernels against scalar.
#   bench/gpu-check.sh publish        here, once: one self-contained program, artifacts/gpu-check/Tactus.Bench (only a driver is needed there)
#   OUT=DIR bench/gpu-check.sh run    there: the H200's rows first, written to $OUT row by row (gpu.json, gpu-profile.json), then the rest
#   OUT=DIR TACTUS_GPU=cpu bench/gpu-check.sh run    a rehearsal without a GPU, in small sizes
# Ends with the number of failed steps.
set -uo pipefail
cd "$(dirname "$0")/.."
folder=artifacts/gpu-check
bench=$folder/Tactus.Bench
bytes_max=$((60 << 20)) # a loan takes 64 MiB of what git does not track
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

case "${1:-}" in
  publish)
    rm -rf "$folder"
    dotnet publish -c Release -p:Gpu=true -r linux-x64 --self-contained true -p:PublishSingleFile=true \
      -p:EnableCompressionInSingleFile=true -p:DebugType=none -o "$folder" bench || exit 1
    find "$folder" -type f ! -name Tactus.Bench -delete
    bytes=$(stat -c %s "$bench") || exit 1
    echo "publish: $bench has $bytes bytes; copy the repository folder with it and run: OUT=DIR bench/gpu-check.sh run"
    [ "$bytes" -le "$bytes_max" ] || { echo "that is more than $bytes_max bytes: too large for a loan"; exit 1; }
    ;;
  run)
    out=${OUT:?name a folder for the results: OUT=DIR bench/gpu-check.sh run}
    [ -f "$bench" ] || { echo "$bench is missing: run bench/gpu-check.sh publish where .NET is"; exit 2; }
    mkdir -p "$out"
    device=${TACTUS_GPU:-auto}
    if [ "$device" = cpu ]; then items=1024 largest=8 shown=256 rounds=1; else items=131072 largest=20 shown=262144 rounds=5; fi

    # the program unpacks what it needs beside the results: a home folder may be missing
    export DOTNET_BUNDLE_EXTRACT_BASE_DIR=$out/unpacked
    chmod +x "$bench"
    failed=0
    step() { # step SECONDS FILE ARGS...: one run of the program, its lines into a file
      local seconds=$1 file=$2
      shift 2
      timeout "$seconds" "$bench" "$@" > "$out/$file" 2>&1
      local rc=$?
      [ "$rc" -eq 0 ] || { failed=$((failed + 1)); echo "FAILED ($rc): $*"; tail -5 "$out/$file"; }
    }

    nvidia-smi > "$out/nvidia-smi.txt" 2>&1 || echo "nvidia-smi is missing" > "$out/nvidia-smi.txt"

    # rows of 2^18 signatures and the largest tree come first, and every row is written when it is there
    step 240 gpu.txt gpu --device "$device" --largest "$largest" --rounds "$rounds" \
      --json "$out/gpu.json" --profile "$out/gpu-profile.json"
    cat "$out/gpu.txt"

    # random and edge-biased items against scalar: verified, recovered, in equations; and every hash length to 300 bytes
    step 120 gpu-tests.txt gpu-test --device "$device" --items "$items"
    tail -2 "$out/gpu-tests.txt"

    # which digit of the generator's comb suits the card's cache
    for bits in 8 14 16; do
      [ "$device" = cpu ] && [ "$bits" -gt 8 ] && continue
      step 40 "gpu-comb-$bits.txt" gpu --device "$device" --comb "$bits" --largest $((largest < 18 ? largest : 18)) --rounds "$rounds" \
        --shown-only yes --json "$out/gpu-comb-$bits.json"
      grep -E "^(verify|recover) +$shown" "$out/gpu-comb-$bits.txt"
    done
    rm -rf "$out/unpacked"
    echo "$failed steps failed"
    exit "$failed"
    ;;
  *)
    sed -n '2,6p' "$0" | cut -c3-
    exit 2
    ;;
esac
