"""Devanagari in Latin letters, and names that sound the same in both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.base.translit import in_devanagari, romanise, sound, sound_within, sounds_alike


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("आशा शर्मा", "asha sharma"),
        ("विष्णु", "vishnu"),
        ("कृष्ण मिश्र", "krishna mishra"),
        ("आदित्य सूर्य", "aditya surya"),
        ("लक्ष्मी", "lakshmi"),
        ("ज्ञान यज्ञ", "gyan yagya"),
        ("राजकुमार", "rajakumar"),
        ("सिंह", "singh"),
        ("चाँद", "chand"),
        ("संबंध", "sambandh"),
        ("हिंदी में", "hindi men"),
        ("टिळक", "tilak"),
        ("ऋषि", "rishi"),
        ("ज़मीन लड़का फ़ोन क़लम", "zamin laraka fon qalam"),
        ("दुःख", "duhkh"),
        ("न", "na"),
        ("पार्क फिल्म पन्न कर्म", "park philm pann karm"),
        ("पूर्ण गर्व कल्य", "purna garva kalya"),
        ("२०२६", "2026"),
        ("डॉ॰ राम। डॉक्टर", "dr ram. doktar"),
        ("ॐ", "om"),
        ("क्‍ष", "ksh"),
        ("र्", "r"),
        ("ा", "a"),
        ("नँ", "nan"),
        ("Asha आशा", "Asha asha"),
        ("José Иван", "Jose Ivan"),
        ("", ""),
    ],
)
def test_devanagari_in_latin_letters(text: str, latin: str) -> None:
    assert romanise(text) == latin


@given(st.text(st.characters(codec="utf-8")) | st.text(st.characters(min_codepoint=0x900, max_codepoint=0x97F)))
def test_whatever_the_script_it_comes_out_in_ascii(text: str) -> None:
    assert romanise(text).isascii()
    assert set(sound(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")


def pairs(text: str) -> list[str]:
    return text.split()


SAME = pairs("""
शर्मा/Sharma शर्मा/Sarma गुप्ता/Gupta श्रीवास्तव/Srivastava श्रीवास्तव/Shrivastava श्रीवास्तव/Shrivastav
मोहम्मद/Mohammed मोहम्मद/Mohammad मोहम्मद/Mohamed लक्ष्मी/Laxmi लक्ष्मी/Lakshmi कृष्ण/Krishna कृष्णा/Krishna
ज्ञान/Gyan ज्ञानेश्वर/Dnyaneshwar ज्ञानेश्वर/Gyaneshwar प्रज्ञा/Pragya वर्मा/Verma वर्मा/Varma आशा/Asha आशा/Aasha
राजकुमार/Rajkumar कमला/Kamla कमला/Kamala चौधरी/Chaudhary चौधरी/Choudhary चौधरी/Chaudhari सिंह/Singh पूजा/Pooja
पूजा/Puja दीपक/Deepak दीपक/Dipak मुखर्जी/Mukherjee बनर्जी/Banerjee चटर्जी/Chatterjee गांगुली/Ganguly
आदित्य/Aditya मेहता/Mehta नायडू/Naidu रेड्डी/Reddy राव/Rao राय/Rai रॉय/Roy जयपुर/Jaipur गुरप्रीत/Gurpreet
हरप्रीत/Harpreet जयश्री/Jayashree जयश्री/Jayshri राजश्री/Rajshri सक्सेना/Saxena दीक्षित/Dixit शुक्ला/Shukla
शुक्ल/Shukla मिश्र/Mishra त्रिवेदी/Trivedi तिवारी/Tiwari यादव/Yadav अहमद/Ahmed अहमद/Ahmad इकबाल/Iqbal
हुसैन/Hussain खान/Khan शेख/Sheikh इरफ़ान/Irfan सलमान/Salman फ़ातिमा/Fatima फातिमा/Fatima ज़ाकिर/Zakir
जाकिर/Zakir फिरोज/Firoz प्रिया/Priya सोनिया/Sonia भाटिया/Bhatia अहलूवालिया/Ahluwalia पांडे/Pandey पाण्डेय/Pandey
दुबे/Dubey जोशी/Joshi भट्टाचार्य/Bhattacharya विश्वनाथ/Vishwanath विश्वनाथ/Viswanath सुब्रह्मण्यम/Subrahmanyam
ज्योति/Jyoti ज्योति/Jyothi सुनीता/Sunita सुनीता/Suneetha स्वाति/Swati महेंद्र/Mahendra नरेन्द्र/Narendra
सौरभ/Saurabh सौरभ/Sourabh अनूप/Anoop संदीप/Sandeep विजय/Vijay विजयलक्ष्मी/Vijayalakshmi विजयलक्ष्मी/Vijaylaxmi
राठौर/Rathore ठाकुर/Thakur देसाई/Desai पटेल/Patel शाह/Shah बच्चन/Bachchan सिद्धार्थ/Siddharth गौतम/Gautam
भारती/Bharti भारती/Bharati अशोक/Ashok अशोक/Ashoka ऐश्वर्या/Aishwarya रहमान/Rahman चोपड़ा/Chopra अरोड़ा/Arora
टिळक/Tilak संजय/Sanjay सिन्हा/Sinha शकुंतला/Shakuntala वसुंधरा/Vasundhara गायत्री/Gayatri अपर्णा/Aparna
श्वेता/Shweta मयंक/Mayank ईश्वर/Ishwar बृजेश/Brijesh ऋषि/Rishi ऋतु/Ritu यूसुफ/Yusuf इंदौर/Indore शिवाजी/Shivaji
""")

# Spellings that differ in more than length, aspiration and schwa: they are found by what else is known of a person.
NOT_COVERED = pairs("""
अग्रवाल/Agarwal चौधरी/Choudhury शेख/Shaikh नायर/Nair अय्यर/Iyer चक्रवर्ती/Chakraborty रहमान/Rehman डिसूज़ा/D'Souza
प्रज्ञा/Prajna यूसुफ/Yousuf राय/Roy
""")

DIFFERENT = pairs("""
आशा/Usha आशा/Isha आशा/Sia राज/Roja कमल/Kamla मीना/Mona मीना/Mina2 राम/Rim अनिल/Anal सुनील/Sunita रवि/Ravindra
आदित्य/Aditi नेहा/Nisha करण/Karna किरण/Karan मेरा/Mira सीमा/Soma दिनेश/Danish मनोज/Manju गीता/Gita-Devi रमा/Roma
विकास/Vikesh उमा/Uma-Shankar
""")


@pytest.mark.parametrize("pair", SAME)
def test_both_spellings_of_a_name_are_alike(pair: str) -> None:
    devanagari, latin = pair.split("/")
    assert sounds_alike(devanagari, latin)
    assert sounds_alike(latin.upper(), devanagari)
    assert sound_within(devanagari, latin)
    assert sound_within(latin, devanagari)


@pytest.mark.parametrize("pair", NOT_COVERED)
def test_some_spellings_are_too_far_apart(pair: str) -> None:
    assert not sounds_alike(*pair.split("/"))


@pytest.mark.parametrize("pair", DIFFERENT)
def test_different_names_do_not_meet(pair: str) -> None:
    assert not sounds_alike(*pair.split("/"))


def test_names_are_compared_word_for_word() -> None:
    assert sounds_alike("Asha Sharma", "आशा शर्मा")
    assert sounds_alike("Asha शर्मा", "आशा Sharma")
    assert sounds_alike("Dr. Asha Sharma", "डॉ. आशा शर्मा")
    assert not sounds_alike("Asha", "आशा शर्मा")
    assert not sounds_alike("Sharma Asha", "आशा शर्मा")
    assert not sounds_alike("", "")
    assert not sounds_alike("?", "।")


def test_within_one_script_only_the_same_letters_are_the_same() -> None:
    assert sounds_alike("JOSÉ", "jose")
    assert not sounds_alike("Sharma", "Sarma")
    assert not sounds_alike("Ram", "Rama")
    assert not sounds_alike("राम", "रामा")


@pytest.mark.parametrize(
    ("needle", "haystack"),
    [
        *(("asha", "आशा शर्मा"), ("shar", "आशा शर्मा"), ("sharma ash", "आशा शर्मा"), ("शर्मा", "Asha Sharma")),
        *(("kam", "कमला"), ("kamal", "कमला"), ("kamala", "कमला"), ("jay", "जयंत"), ("आ", "Asha"), ("जय", "Jayant")),
        ("sha", "Asha Sharma"),
    ],
)
def test_the_beginning_of_a_word_is_enough(needle: str, haystack: str) -> None:
    assert sound_within(needle, haystack)


@pytest.mark.parametrize(
    ("needle", "haystack"),
    [
        *(("usha", "आशा"), ("arma", "आशा शर्मा"), ("asha verma", "आशा शर्मा"), ("ramesh", "राम"), ("", "आशा"), ("a", "")),
        *(("?", "आशा"), ("roj", "राज"), ("sarm", "Sharma"), ("।", "Asha")),
    ],
)
def test_the_middle_of_a_word_is_not(needle: str, haystack: str) -> None:
    assert not sound_within(needle, haystack)


def test_scripts_are_told_apart() -> None:
    assert in_devanagari("Asha आशा")
    assert not in_devanagari("José")
    assert not in_devanagari("Asha")


def test_the_key_of_a_name() -> None:
    assert sound("Chaudhary D'Silva 2") == sound("चौधरी डसिलवा २").replace("dasilv", "dsilv") == "codri dsilv 2"
