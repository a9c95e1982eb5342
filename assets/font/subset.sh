#!/bin/sh
# Makes NotoSansSC-Bold.ttf from the whole Bold of the npm package @expo-google-fonts/noto-sans-sc 0.4.3:
#
#	npm pack @expo-google-fonts/noto-sans-sc@0.4.3 && tar xzf *.tgz
#	./subset.sh package/700Bold/NotoSansSC_700Bold.ttf
#
# It keeps what is written big: GB 2312 (G0 in Unihan's kIRG_GSource), the 8105 characters of the List of Commonly Used
# Standard Chinese Characters of 2013 (通用规范汉字表, kTGH), Latin letters, digits and punctuation. A name with any other
# character is drawn whole in Regular. Needs Debian's fonttools and unicode-data.
set -eu
chars=$(mktemp)
trap 'rm -f "$chars"' EXIT
{
	bzcat /usr/share/unicode/Unihan_*.txt.bz2 | awk -F'\t' '$2 == "kTGH" || ($2 == "kIRG_GSource" && $3 ~ /^G0-/) { print $1 }'
	for range in 0020-007E 00A0-00FF 2010-2027 2030-203A 20AC 2103 2116 2160-216B 2190-2193 2460-2473 25A0-25CF \
		3000-3017 3220-3229 FF01-FF5E FFE5 0101 00E1 01CE 00E0 0113 00E9 011B 00E8 012B 00ED 01D0 00EC \
		014D 00F3 01D2 00F2 016B 00FA 01D4 00F9 01D6 01D8 01DA 01DC; do
		echo "U+$range"
	done
} >"$chars"
pyftsubset "$1" --unicodes-file="$chars" --layout-features=kern,tnum,lnum,locl --no-hinting --desubroutinize \
	--output-file="$(dirname "$0")/NotoSansSC-Bold.ttf"
