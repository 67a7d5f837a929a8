#!/bin/sh
# Real speech to develop with: the prompts of the Asterisk telephone exchange, 8 kHz, from six Debian packages (about 116 MB). Six voices,
# five speakers, five languages, 3,326 clips. Nothing is installed and root is not needed: the packages are downloaded by apt and unpacked.
#
#   scripts/asterisk.sh [FOLDER]     default: nearfar-asterisk in NEARFAR_CACHE, XDG_CACHE_HOME or ~/.cache, where --data asterisk looks
#
# FOLDER then holds one folder a voice with its clips and its licence (CC-BY 3.0 or CC-BY-SA 3.0: the voice's `copyright`), and clips.tsv
# with the voice, speaker, language and prompt of every clip.
set -eu

PACKAGES="asterisk-core-sounds-en-wav asterisk-core-sounds-es-wav asterisk-core-sounds-fr-wav asterisk-core-sounds-it-wav
asterisk-core-sounds-ru-wav asterisk-prompt-it-menardi-wav"

cache=${NEARFAR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}}
target=${1:-$cache/nearfar-asterisk}
if [ -e "$target/clips.tsv" ]; then
  echo "$target/clips.tsv is there already: nothing to do"
  exit 0
fi
if [ -e "$target" ]; then
  echo "asterisk.sh: $target exists, but without clips.tsv: give another folder or take it away" >&2
  exit 1
fi
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || {
    echo "asterisk.sh: $tool not found: this needs Debian, Ubuntu or a container of one (docker run -v \"\$PWD:/w\" -w /w debian ...)" >&2
    exit 1
  }
done

mkdir -p "$(dirname "$target")"
work=$(mktemp -d "$(dirname "$target")/.partial-asterisk-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$work/deb" "$work/sounds"
# shellcheck disable=SC2086 # one word a package
(cd "$work/deb" && apt-get -q download $PACKAGES 2>"$work/apt.log") || {
  cat "$work/apt.log" >&2
  echo "asterisk.sh: apt could not download the packages: run apt-get update, and see that a Debian or Ubuntu (universe) source is set up" >&2
  exit 1
}
for package in $PACKAGES; do
  dpkg-deb -x "$work"/deb/"$package"_*.deb "$work/$package"
  for voice in "$work/$package"/usr/share/asterisk/sounds/*_*_*_*; do
    cp "$work/$package/usr/share/doc/$package/copyright" "$voice/copyright"
    # Seconds of nothing, to be played as pauses.
    rm -rf "$voice/silence"
    mv "$voice" "$work/sounds/"
  done
done

cd "$work/sounds"
# A voice's folder is called language_COUNTRY_sex_Speaker, and its prompts have the same file names as another's.
{
  printf 'path\tvoice\tspeaker\tlanguage\tprompt\n'
  find . -name '*.wav' | sed 's|^\./||' | LC_ALL=C sort | awk -F/ -v OFS='\t' '{
    split($1, part, "_")
    print $0, $1, part[4], part[1], substr($0, length($1) + 2, length($0) - length($1) - 5)
  }'
} >clips.tsv
cd /
chmod -R u+rwX,go+rX "$work/sounds"
mv "$work/sounds" "$target"
echo "$target: $(($(wc -l <"$target/clips.tsv") - 1)) clips of $(find "$target" -mindepth 1 -maxdepth 1 -type d | wc -l) voices"
