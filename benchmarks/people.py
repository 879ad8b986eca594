"""Made-up names and sentences in English and Hindi, out of which the records of a generated book are put together."""

GIVEN = (
    ("Asha", "आशा"), ("Ramesh", "रमेश"), ("Sunita", "सुनीता"), ("Vikram", "विक्रम"), ("Meera", "मीरा"),
    ("Kiran", "किरण"), ("Anil", "अनिल"), ("Lakshmi", "लक्ष्मी"), ("Farhan", "फ़रहान"), ("Geeta", "गीता"),
    ("Harish", "हरीश"), ("Ila", "इला"), ("Jatin", "जतिन"), ("Kavita", "कविता"), ("Lalit", "ललित"),
    ("Manju", "मंजू"), ("Nitin", "नितिन"), ("Omkar", "ओंकार"), ("Priya", "प्रिया"), ("Ravi", "रवि"),
    ("Sanjay", "संजय"), ("Tara", "तारा"), ("Uday", "उदय"), ("Varsha", "वर्षा"), ("Yogesh", "योगेश"),
    ("Claire", ""), ("Marcus", ""), ("Ingrid", ""), ("Jörg", ""), ("Zarine", "ज़रीन"),
)  # fmt: skip
"""Given names in Latin letters and in Devanagari."""

FAMILY = (
    ("Sharma", "शर्मा"), ("Patel", "पटेल"), ("Verma", "वर्मा"), ("Joshi", "जोशी"), ("Iyer", "अय्यर"),
    ("Khan", "ख़ान"), ("Deshpande", "देशपांडे"), ("Kulkarni", "कुलकर्णी"), ("Nair", "नायर"), ("Rathod", "राठौड़"),
    ("Chopra", "चोपड़ा"), ("Bose", "बोस"), ("Mehta", "मेहता"), ("Soni", "सोनी"), ("Gupta", "गुप्ता"),
    ("Naik", "नाईक"), ("Pathare", "पठारे"), ("Kamble", "कांबळे"), ("Trivedi", "त्रिवेदी"), ("Yadav", "यादव"),
)  # fmt: skip
"""Family names in Latin letters and in Devanagari."""

FIRMS = (
    "Acme", "Banyan", "Chinar", "Deodar", "Everest", "Firefly", "Godavari", "Himal", "Indigo", "Jasmine",
    "Kaveri", "Lotus", "Monsoon", "Narmada", "Orchid", "Peepal", "Quartz", "Rangoli", "Sahyadri", "Tulsi",
)  # fmt: skip
BUSINESSES = (
    ("Textiles", "Textiles"), ("Printers", "Print"), ("Foods", "Food"), ("Gears", "Engineering"),
    ("Jewellers", "Jewellery"), ("Clinic", "Health"), ("Travels", "Travel"), ("Furniture", "Furniture"),
    ("School", "Education"), ("Farms", "Farming"),
)  # fmt: skip
"""What a firm is called after, and its industry."""

CITIES = (
    ("Surat", "Gujarat", "3950"), ("Pune", "Maharashtra", "4110"), ("Jaipur", "Rajasthan", "3020"),
    ("Indore", "Madhya Pradesh", "4520"), ("Kochi", "Kerala", "6820"), ("Lucknow", "Uttar Pradesh", "2260"),
)  # fmt: skip
TITLES = ("Owner", "Purchase head", "Accounts", "Director", "Marketing", "Principal", "Office manager")
TAGS = ("newsletter", "key-account", "past-client", "diwali", "press", "referrer", "expo-2026", "slow-payer")
SOURCES = ("trade fair", "referral", "website", "walk-in", "phone")
USERS = ("meera", "rohan")
WORK = ("website", "online shop", "brochure", "logo", "catalogue", "packaging", "care plan", "app", "stall", "menu")
STAGES = ("prospecting", "qualification", "proposal", "negotiation")
LOST = ("price", "competitor", "timing", "no-need", "no-reply")
TASKS = ("Call back about the", "Send the quote for the", "Chase the advance for the", "Ask for photos of the")
CHANNELS = ("call", "whatsapp", "email", "meeting", "note")
SENTENCES = (
    "Wants a first draft before the festival.",
    "Asked for a discount of ten percent on the second year.",
    "Prefers WhatsApp, voice notes in Hindi are fine.",
    "The accounts department needs a PO number on every invoice.",
    "दिवाली के बाद फिर बात करेंगे।",
    "Said that the old site is slow on phones and the enquiry form is broken.",
    "Would like to see two samples of earlier work.",
    "फ़ोटो अगले हफ़्ते भेजेंगे, कीमत पर बात हो गई।",
    "Compares us with a cousin who does it cheaper.",
    "Happy with the last print run, colours were exact.",
)
