# lib.sh - a provider of ours and a home that may ask it, for the tests of this folder. Needs tests/e2e/lib.sh.
# shellcheck shell=bash disable=SC2034
guard_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mail=ada.l@shop-of-ada.de
token=ghp_2z5i6mnkg7x288c9ls1fotf18udz4dpk9upx
canary=project-heron-9

# begin_provider: sets $port; what it gets is in provider/got.
begin_provider() {
    mkdir provider
    python3 "$guard_dir/provider.py" provider 2>provider/err &
    provider=$!
    cleanups+=('kill "$provider" 2>/dev/null || true')
    for _ in $(seq 100); do
        [ ! -f provider/port ] || break
        sleep 0.1
    done
    port=$(cat provider/port)
}

# config [LINE...]: candor.yaml of the home shop, with these lines in its section guard; $patience: seconds for a provider.
config() {
    local name
    cat >shop/candor.yaml <<YAML
candor: 1
name: shop
purposes:
  - {name: support, basis: consent, wording: May a model help?, wording_version: "1"}
  - {name: service, basis: contract}
subjects:
  identifier: identifier
  fields: [{name: age, type: number, min: 0, max: 120, purposes: [service]}]
guard:
  canaries: ["$canary"]
$(printf '  %s\n' "$@")
  providers:
      - name: ours
        url: http://127.0.0.1:$port/v1
        first_byte_seconds: ${patience:-2}
        quiet_seconds: ${patience:-2}
        models:
          - {name: alias, upstream: openai}
YAML
    for name in openai llamacpp vllm ollama tool refuse-429 refuse-401 refuse-500 html list cut close garbage huge-line huge \
        silent stall slow endless line-error mid-error whole brings-secret brings-secret-tool brings-canary brings-picture brings-mail; do
        printf '          - {name: %s, input_price: 1000000, output_price: 1000000}\n' "$name" >>shop/candor.yaml
    done
}

# new_shop [LINE...]: with two people, one of whom agreed, and a provider's key.
new_shop() {
    must "$program" --operator ana init shop --name Shop
    home=shop
    operator=ana
    config "$@"
    printf '%s\n' identifier,age anna,30 otto,40 >subjects.csv
    must candor import subjects subjects.csv
    must candor consent give anna --purpose support
    key=$(value_of key key add app --roles machine)
    printf 'sk-live-0123456789\n' | "$program" --home shop --operator ana guard key ours >/dev/null ||
        not_true 'a key of a provider is taken'
}
