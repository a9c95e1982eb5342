// Package reading holds how Chinese characters are read aloud and which of them stand for one another, as tables that are
// looked up where they lie: nothing is decoded at start.
//
// readings.bin and folds.bin are made by tools/readings from the Unihan database (Unicode Licence); the other tables are
// compiled for this project. Package pinyin gives them meaning. Integers are little-endian.
//
//	readings.bin  u16 number of syllables; each 7 bytes, letters and a tone digit, padded with spaces (zhang1, lv4)
//	              u24 length of the lists; each u8 count, then count × u16 syllable, commonest first
//	              then per rune, ascending: u24 rune, u24 offset of its list
//	folds.bin     per rune, ascending: u24 rune, u24 the rune that it is matched as
//	surnames.csv  surname, its syllables with tones as a surname, separated by a space; none where it is read as usual
//	words.csv     word, its syllables in running text, where one is not the first of readings.bin: 银行 yin2 hang2; a single
//	              character has another usual reading than the dictionary puts first, and some words only guard others
//	given.csv     character, its syllable in a given name where that differs from running text: 长 chang2
package reading

import _ "embed"

//go:embed readings.bin
var readings string

//go:embed folds.bin
var folds string

//go:embed surnames.csv
var surnames string

//go:embed words.csv
var words string

//go:embed given.csv
var given string

// Readings returns readings.bin.
func Readings() string { return readings }

// Folds returns folds.bin.
func Folds() string { return folds }

// Surnames returns surnames.csv without its heading.
func Surnames() string { return surnames[len("surname,reading\n"):] }

// Words returns words.csv without its heading.
func Words() string { return words[len("word,reading\n"):] }

// Given returns given.csv without its heading.
func Given() string { return given[len("character,reading\n"):] }
