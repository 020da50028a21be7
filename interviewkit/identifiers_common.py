"""Words that name nobody: those of everyday talk, of interviews and of health care. Data.

With a capital they begin a sentence, or are no name in the middle of one; names that are words, too (`Rose`,
`Mark`), are here as well, and suggested where they stand like a name.
"""

from itertools import chain

_SMALL = """a about above across after again against ago ah aha ahead all almost alone along already alright
also although always am among an and another any anybody anyhow anymore anyone anything anyway anyways
anywhere apart are around as aside at away aye back be because been before behind being below beneath beside
besides between beyond both but by can cannot could dear despite did do does doing done down during each
either else enough er erm especially etc even ever every everybody everyone everything everywhere except few
fewer first for forth forward from further had half hardly has have having he hello hence her here hers
herself hey hi him himself his hm hmm how however huh i if in indeed inside instead into is it its itself
just last later latter least less lest let like likely lot lots many may maybe me meanwhile mhm might mine
mm mmm more moreover most mostly much must my myself near nearly neither never nevertheless next no nobody
none nonetheless nope nor not nothing now nowhere of off often oh ok okay on once one ones only onto or
other others otherwise ought our ours ourselves out outside over overall own per perhaps please plus
probably quite rather really right round same second shall she should since so some somebody somehow someone
something sometime sometimes somewhat somewhere soon sorry still such sure than thank thanks that the their
theirs them themselves then there therefore these they this those though through throughout thus till to
together too toward towards um under unless unlike until up upon us usual usually uh very via was we well
were what whatever when whenever where whereas wherever whether which whichever while whilst who whoever
whole whom whose why will with within without wow would yeah yep yes yet you your yours yourself yourselves
ye youse wee ach och grand"""
_SHORT_FORMS = """aint arent cant couldnt couldve didnt doesnt dont hadnt hasnt havent hed hell heres hes
howd hows id ill im isnt itd itll its ive lets mightve mustnt mustve neednt shed shell shes shouldnt
shouldve thatd thatll thats thered theres theyd theyll theyre theyve wasnt wed well were werent weve whatd
whats whered wheres whod wholl whos whys wont wouldnt wouldve yall youd youll youre youve gonna gotta wanna
kinda sorta cos coz cause til innit dunno"""
_VERBS = """accept accepted access achieve act acting add added admit admitted affect affected afford agree
agreed aim allow allowed answer answered answering apologise appear applied apply appreciate approach argue
arrange arranged arrive arrived ask asked asking asks assume attempt attend attended avoid avoided became
become becoming began begin beginning believe believed belong benefit bet blame block blow book booked born
bother bothered bought break breathe bring bringing broke broken brought build building built burn buy call
called calling calls came care cared caring carried carry catch caught cause caused change changed changes
changing chat chatted check checked choose chose chosen claim clean clear click clicked close closed come
comes coming commit compare compared complain complete completed concentrate concern concerned confirm
connect connected consent consider considered contact contacted continue continued control cook cope coped
coping cost count cover cried cry crying cut dealing deal dealt decide decided deliver delivered depend
depends describe described deserve design designed develop developed die died differ discharge discharged
discuss discussed dislike download downloaded draw dread dream drink drinking drive driving drop dropped eat
eating email encourage encouraged end ended engage engaged enjoy enjoyed enter escape exercise exist expect
expected experience experienced explain explained explaining face faced fail failed fall fallen feel feeling
feelings feels fell felt fight figure fill filled filling find finding finds finish finished fit fix focus
focused follow followed force forced forget forgot forgotten found freeze gave get gets getting give given
gives giving go goes going gone got gotten grow grew guess guide hand handle hang happen happened happening
happens hate hated head hear heard hearing held help helped helpful helping helps hit hold holding hope
hoped hoping hurt identify imagine implement implemented improve improved improving include included
increase inform insist intend interview introduce introduced invite invited involve involved join joined
judge jump keep keeping keeps kept kick kill knew know knowing known knows lack laid laugh lead leading
learn learned learning learnt leave leaving left lend let letting lie lift like liked liking limit link
listen listened listening live lived lives living load log logged logging look looked looking looks lose
losing lost love loved made maintain make makes making manage managed managing mark matter mean meaning
means meant measure meet meeting mention mentioned mind miss missed missing mix monitor motivate motivated
move moved moving need needed needing needs notice noticed offer offered open opened order ought owe own
park pass passed pay paid phone phoned pick picked plan planned play played playing point post practise
practised prefer preferred prepare prepared press pretend prevent print promise prompt prove provide
provided pull push pushed put putting question quit raise ran rang reach reached read reading realise
realised receive received reckon recognise recommend recommended record recorded recording reduce reduced
refer referred reflect refuse relate relax relaxed release rely remain remember remembered remind reminded
remove repeat replace replied reply report require required respond responded rest return review reviewed
ring ringing rise risk rolled run running said sat save saved saw say saying says scare scared see seeing
seek seem seemed seems seen sell send sending sense sent separate serve set setting settle share shared
shift show showed shown shut sign signed sit sitting sleep sleeping slept slip smile smoke solve sort sorted
sound sounds speak speaking spend spending spent spoke spoken spot stand standing start started starting
starts state stay stayed stick stood stop stopped stopping struck struggle struggled struggling stuck study
studied suffer suffered suggest suggested suit support supported supporting suppose supposed survive switch
take taken takes taking talk talked talking talks taught teach tell telling tells tend test text texted
think thinking thinks thought threw throw tick tie told took touch track train trained travel treat treated
tried trigger triggered trust try trying turn turned type typed typing understand understanding understood
update use used useful uses using value visit visited volunteer wait waited waiting wake walk walked walking
want wanted wanting wants warn wash waste watch watched watching wear went win wish woke wonder wondered
wondering work worked working works worried worry worrying worse worst worth write writing written wrote"""
_THINGS = """ability accent account action activities activity address adult advantage advice age aim alarm
alcohol amount anger anxiety apartment app application appointment appointments apps area argument arm
article aspect assessment attack attacks attention attitude audio baby background bag balance bank barrier
barriers bath bed bedroom behaviour belief benefits bill bit bits board body book books boss bottle box boy
boys brain brand break breakfast breath brother brothers budget bug bunch bus business café camera cancer
car card carer carers cars case cases cat category causes centre century chair challenge challenges chance
chapter charge charity child childhood children choice christmas church circle city class client clients
clinic clinical clinician clinicians clock clothes cloud club coach coffee code codes cognitive college
column comment comments communication community company companies competition computer computers conditions
condition conference confidence connection consequence content contract conversation conversations corner
costs council counselling counsellor counsellors country couple course courses cousin cousins covid crisis
crowd culture cup customer customers cycle dad daddy daily damage danger data date daughter daughters day
days deadline death decade decision decisions degree delay demand department depression design desk detail
details device devices diagnosis diary difference differences difficulties difficulty dinner direction
director disadvantage disaster discussion disease district doctor doctors dog dogs domain door doubt drama
drug drugs duty ear ears education effect effects effort element elements emails emotion emotions employer
energy engagement environment event events evening evenings evidence example examples exam exams exercises
experiences expert explanation expression eye eyes facebook fact factor factors facts fail family families
father fault fear feedback field fields file film finger fire flat flexibility floor flu folk folks food
foot form forms friend friends front fun function funding future game games gap garden gas gender girl girls
glass goal goals god google government gp gps graph ground group groups guidance guy guys habit hair hall
hands headache heads health heart heat heating hell help history holiday holidays home homes homework honest
hospital hospitals hotel hour hours house houses housing husband idea ideas illness image impact
implementation implication improvement incident income individual individuals information infection injury
insight instance institution insurance interest internet interviews introduction iphone ipad issue issues
item job jobs journal journey judgement jury key keyboard kid kids kind kinds kitchen knowledge lad lads
lady ladies language laptop laptops law leader leaders leaflet legs length lesson letter letters level
levels library life light line lines list lists literature lives load location lockdown loss luck lunch
machine management manager managers manner map market marriage material materials mate mates maths matters
meal measures medication medications medicine meetings member members memory men message messages meter
method methods middle midnight mile miles milk mindfulness minute minutes mistake mistakes mobile mode model
models module modules moment moments money month months mood morning mornings mother motivation mouth movie
mum mummy mam mammy music name names nature neck neighbour neighbours network news newspaper night nights
noise norm note notes number numbers nurse nurses object office officer online opinion opportunity option
options organisation organisations outcome outcomes oven owner pace pack page pages pain pandemic panic
paper papers parent parents part participant participants parts partner partners party password past
patience patient patients pattern patterns pen pension people period permission person personality phase
phones photo phrase picture pictures piece pilot place places plan plans platform platforms play pleasure
police policy pool position power practice practitioner practitioners presentation pressure price principle
printer priority privacy private problem problems procedure process product products professional
professionals profile programme programmes program programs progress project projects promotion proof
protection protocol provider providers psychiatrist psychologist psychologists psychology psychotherapy pub
public purpose quality quarter questionnaire questionnaires questions queue race radio rain range rate
rating reality reason reasons reception recovery reference referral referrals relapse relationship
relationships relative relatives relief reminder reminders representative request research researcher
researchers resource resources response responses responsibility result results risks road role roles room
rooms routine rule rules safety salary sample scale schedule scheme school schools science score scores
screen screens season section sector secretary security self sentence series service services session
sessions sex shape shift shop shops shopping shoulder side sides sight signal signs sister sisters site
sites situation situations size skill skills skin society software solution son song sons soul space speech
speed spring staff stage stages standard start statement station status step steps stigma stone stories
story strategy strategies street strength stress structure student students stuff style subject success
sugar summary summer sun supervision supervisor supervisors surgery surprise survey symptom symptoms system
systems table tablet tablets task tasks tax tea teacher teachers team teams technique techniques technology
telephone television term terms tests texts theme theory therapies therapist therapists therapy thing things
thoughts threat time times tip tips tool tools top topic topics touch town trade training transcript
transport trauma treatment treatments trial trip trouble truth tv twelve twins uncle aunt auntie unit
university username user users vaccine variety version video videos view views voice voices voucher wall
ward war waste water wave way ways weather website week weekend weekends weeks weight wife wifi wind window
windows winter woman women wood word words work workbook worker workers workplace works workshop world
worries writing year years youth zone zoom skype"""
_QUALITIES = """able absolute absolutely accessible accurate actual actually additional afraid aged
aggressive alive amazing angry annoyed annoying anonymous anxious appropriate asleep automatic available
average awake aware awful awkward bad badly basic basically beautiful best better big bigger biggest bizarre
black blank blind blue boring bright brilliant broad brown busy calm capable careful carefully certain
certainly cheap cheaper clearer clearly clever cold comfortable common complex complicated confident
confidential confused confusing conscious consistent constant constantly convenient cool correct correctly
crazy critical curious current currently dark dead decent deep deeply definite definitely depressed
desperate difficult digital direct directly dirty double dreadful dry due early easier easiest easily easy
effective effectively embarrassed embarrassing emotional emotionally empty entire entirely equal essential
eventually exact exactly excellent excited exciting exhausted exhausting expensive external extra extreme
extremely fair fairly familiar famous fantastic far fast faster favourite final finally financial fine
flexible formal former fortunate fortunately free frequent frequently fresh friendly frightened frustrated
frustrating full fully funny general generally genuine genuinely gentle glad good great green grey guilty
handy happier happy hard harder healthy heavy hidden high higher highly hopefully hopeless hot huge human
hundred ideal ideally immediate immediately important impossible impressed inclined independent individual
initial initially inner intense interactive interested interesting internal isolated jealous joint keen
kindly large larger largely late lately latest lazy legal likewise limited literally little local lonely
long longer loose loud lovely low lower lucky mad main mainly major manual marvellous massive medical mental
mentally mere mild million minor mixed modern moral multiple mutual narrow national natural naturally neat
necessarily necessary negative nervous neutral new newer nice nicer normal normally obvious obviously
occasional occasionally odd official old older open ordinary original originally outdoor overwhelmed
overwhelming painful particular particularly patient perfect perfectly permanent personal personally
physical physically plain pleasant pleased plenty poor popular positive possible possibly potential
potentially practical practically precise prepared present pretty previous previously primary prior private
productive proper properly proud psychological pure quick quicker quickly quiet quietly random rare rarely
raw ready real realistic reasonable reasonably recent recently red regular regularly related relevant
reliable remote repetitive responsible restless rich ridiculous rough rude rural sad safe scary secondary
secret senior sensible sensitive serious seriously severe severely shocked shocking short shorter shy sick
significant significantly silent silly similar similarly simple simpler simply single slight slightly slow
slower slowly small smaller smart smooth social soft solid sore special specific specifically stable
standard steady straight straightforward strange strict strong stronger strongly stupid successful sudden
suddenly suitable super supportive surprised surprising surprisingly suspicious sweet tailored technical
technically temporary terrible terribly terrified thick thin thorough thousand tight tiny tired tiring total
totally tough traditional tricky true truly typical typically ugly unable uncomfortable unexpected
unfortunate unfortunately unhappy unique universal unlikely unusual unwell upset upsetting urban urgent used
useless valid valuable various vast virtual visual vital vulnerable warm weak weekly weird wet white wide
wider wild willing wise wonderful worried worthwhile wrong yellow young younger youngest"""
_FURTHER = """accident achievement actor adapt adjust admin administrator advance adventure advert agency
agent air aisle album alike allergy aloud ambulance analysis ancient angle animal ankle announce annual
appeal appetite approval apron archive arrival artist ashamed assess assist assistant athlete atmosphere
attach attic attract audit author authority auto avenue award axe backup bacon badge bake ball balloon band
bang bar bare bark base basement basin basket basketball bat battery beach beans bear beard beast beat
beauty bedtime beef beer beg beginner begun behave belt bench bend bicycle bike bin birth biscuit bite
bitter blanket bleed bless blood blouse boat boil bomb bone bonus boot border borrow bottom bounce bound
boundary bowl brave bread breast bridge brief browser brush bubble bucket bull bullet bully bump burden
burst bury butter button byte cabin cabinet cable cage cake calendar camp campus candle cap cape capital
career careless carpet carrot cartoon cash castle casual ceiling celebrate cell ceremony certificate chain
chairman champion channel character chart checklist cheek cheer cheese chemist chest chicken chief chin
chips chocolate chop cigarette cinema circus citizen clap clerk climate climb clip closet cloth cluster coal
coast coat coin collapse collar colleague collect collection comb comedy comfort command commute compass
complaint component compose compute concept concert concrete conflict congratulations conquer consist
consistency consultant container contest context converted cooker copies copper copy cord core corn corridor
cottage couch cough counter coward crack crash crawl cream create creative creature credit creep crew crime
criminal criticise criticism crop cross cruel crush crutch cupboard cure curl curtain curve custom cute
dance dare darling database dawn deaf dealer debate debt declare decorate decrease dedicate default defeat
defence defend delete deliberate delicate delicious delight demonstration dentist deny deposit dessert
destroy detect detective determine devil dial diet different dig digit dignity dip dirt disability disagree
disappear disappointed disappointing disappointment disc discard disgust dish disk dismiss distance distant
distract distraction disturb dive divide divorce divorced dizzy dock document doll dot downstairs draft drag
drain drawer drift drill drove drown drum drunk duck dull dumb dust dye eager earn earth eastern edge edit
editor elbow elderly elect electric electricity elevator elsewhere embarrass employ employee employment
encrypt engine engineer enjoyable enormous enquiry entertain enthusiasm entrance entries entry envelope
equipment era erase errand error essay establish estate estimate ethics euro evaluate evaluation everyday
exaggerate excuse executive exhaust exhibition exit expand expectation expense expertise explode explore
export expose express extend extension fabric facility faint fairy fake fancy fare farm fashion fat fate fee
fellow female fence fetch fever fiction filler fist flag flame flash flavour flesh flight float flood flour
flow flower fold folder font forehead forgive fork format formula fortune forum foundation frame freedom
frequency fridge friendship frozen fruit fry fuel funeral fur furniture gain gallery garage gate gather gear
gift glance glove glue goat golf goodbye gossip grade grain gram gran grandad grandchildren granddaughter
grandfather grandmother grandparents grandson granny grape grass grateful grave grief grip growth guard
guest guilt guitar gum gun gut gym halves hammer handbag handwriting harbour hardware harm harsh hash hat
header headmaster headphone headteacher heaven heel height helmet helpline hen hero hide highlight hint hip
hire hobby hole honey hook hop horn horrible horror horse hospitality host housewife hunger hungry hunt
hurry ice icon ignore illegal imagination immune import impression impulse inch incredible incredibly index
industry infant influence ingredient inherit initiative injure innocent input inquiry insect insecure
inspect inspire install instruction instrument insult intelligent intensive intent intention interaction
interface interpret interrupt intervention interviewer intimate invent invest investigate invisible
invitation iron irritable irritated island jacket jail jar jaw jealousy jeans jelly joke juice junior
justice kettle kiss kit knee kneel knife knit knock knot label ladder lamp land lane launch laundry lawn
lawyer layer layout leaf lean leap leather lecture lecturer leg lemon licence lick lid lifestyle lifetime
lightning lip liquid liver loan lobby lock logic loop lorry lottery loudspeaker lounge lover loyal lump lung
magazine magic maid mail maker male manifest marker mass massage mat match maximise maximum meat mechanism
medal median mend menu merge mess metal microphone midwife military mineral minimum miracle mirror misery
misheard misunderstand moan moderate monkey motorbike motorway mountain mouse moustache mud murder muscle
museum mushroom mystery nail naked nap nasty navy needle neglect nerve nest net nightmare nod noisy noon
northern nose nowadays nuisance nursery nut oak oath obey obligation observe obtain occasion occur ocean
offend offline onion opera operate operation opponent oppose opposite optional orange orchestra organ
organise organised organiser origin ouch outline output overcome overdue overlap overweight ownership
package packet pad paint painter painting pair palace pale palm pan panel pants paragraph parcel pardon
parliament passage passenger passion passive patch path patrol pause pavement payment pea peace peaceful
peak peanut peculiar pencil percent perform performance perfume permit persist persuade pet petrol pharmacy
philosophy photograph physics piano pig pile pill pillow pin pink pipe pit pity pizza planet plant plaster
plastic plate plot plug pocket poem poet poetry poison pole polite politics pond pop pork porridge port
portion portrait possess postman pot potato pour poverty powder pray prayer preach precious pregnancy
pregnant prejudice premises presence preserve president prison prisoner privilege prize profit prominent
pronounce property proportion proposal propose protect protest provision psychotic publish punch punish
punishment pupil purchase purple purse puzzle qualification qualified qualify quantity quarrel quest quilt
quiz quotation quote rabbit racism radiator rage rail railway rainbow ramp rank rape rat reaction reader
rebuild recall receipt recipe recognition recommendation recorder recover recovered rectangle recycle
reduction refusal region register rehearsal reject rejoice relaxation relevance religion religious reluctant
remark remedy rename rent repair replacement reputation rescue reset resist resolve resort respect restart
retention retire retired retirement reveal revenge reverse revise reward rewrite rhythm rib rid ride rifle
roast robot rock rocket roll roof root rope rotten roundabout row rub rubber rubbish rug ruin ruler rumour
rush sack sacrifice sail sailor salad sand satisfaction satisfied satisfy sauce saucer sausage scan scandal
scar scarf scatter scene scenery scientist scissors scooter scope scratch scream screw script scroll
sculpture sea seal search seat selfish sensation sequence servant server settlement setup sew shade shadow
shake shallow shame shampoo sharp shave sheep sheet shelf shelter shine ship shirt shock shoe shoot shore
shortcut shout shove shower shrink sigh signature silence silk silver singer singing sink sip sir skate
skeleton sketch ski skip skirt slap slave slice slide slippery slot smack smell snack snake snap sneeze soap
soccer sock socket sofa soldier sole sorrow soup sour southern spare spark specialist spell spelling spice
spider spirit spiritual spit spite split spoil sponge spoon sport spread spreadsheet square squeeze stack
stadium stair stairs stake stall stamp stare starve statue steak steal steam steep steer stem stiff sting
stir stitch stock stomach stool storage store stove strain stranger straw stream stretch strike strip stroke
suck suicidal suicide suitcase sum sunlight sunshine supermarket supper supply supporter surface surgeon
surround suspect suspend swallow swap swear sweat sweep swell swim swimming swing symbol sympathy syrup tab
tail talent tap tape target taste taxi tear tease teenage teenager temper temperature template temptation
tenant tender tennis tension tent terminal terror textbook theatre theft thief thirsty thread throat throne
thumb thunder ticket tide tidy tile timber tin tissue title toast toe toilet tomato tone tongue tooth
toothbrush torch tour tourist tower toy trace tractor tradition traffic tragedy trail trainee trainer
transfer transform translate translation trap tray treasure tree tremble triangle trick troop trousers truck
trunk tube tune tunnel tutor twin twist tyre umbrella undergo underneath uniform union universe unknown
upgrade upload upper upstairs urge usage vacuum valley van vanish vegetable vehicle verb verify victim
victory village violence violent virus vision vocabulary volume vote wage waist waiter wander wardrobe
warmth weapon wedding weep welcome welfare wellbeing western whale wheat wheel wheelchair whip whisper
whistle widget widow wipe wire wisdom witness wool workflow worm worship wound wrap wreck wrist yard yell
yoga youngster"""
_NUMBERS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
million billion dozen first second third fourth fifth sixth seventh eighth ninth tenth once twice double
triple nought half quarter"""
_CALENDAR = """monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays
thursdays fridays saturdays sundays january february march april may june july august september october
november december jan feb mar apr jun jul aug sept sep oct nov dec christmas easter halloween today tomorrow
yesterday tonight"""
_SHORTENED = """nhs gp gps cbt icbt iapt ict phq gad ocd ptsd adhd uk eu us tv pc it ok id usb hr cv mri iv
ai app pdf sms ios android wifi gdpr phd msc ma ba dr mr mrs ms pwp pwps camhs cmht hse dna faq q a who iras
rec covid bbc itv rte"""
_TOGETHER = """english irish british scottish welsh european american god internet bible i ive ill im id
covid zoom skype facebook whatsapp google youtube netflix twitter instagram microsoft teams windows word
excel iphone ipad android apple amazon alexa siri tesco prozac sertraline citalopram fluoxetine mirtazapine
paracetamol valium diazepam propranolol venlafaxine lithium"""

_ALSO_NAMES = """art april ash autumn baker banks bay bean bell berry bill bird bishop bloom blossom bond
brook bush butcher chance chapel chase christian clay cook cotton crisp dale dean diamond drake faith farmer
field fields flowers ford forest frank frost gene gold grace grant heath hill ivory jewel joy king knight
lake lamb lord marsh mercy moody moon moor mullen noble page pearl pepper pike pollard pool pope pound price
prince priest reed rice rich river rivers rocky rose rusty sage salt sandy savage sky snow spring star steel
sterling stone storm strange summers sunny swan swift temple tiger ward wolf wood woods bath battle bray
down rugby sandwich sale stoke wing reading settle deal"""
ALSO_NAMES: frozenset[str] = frozenset(_ALSO_NAMES.split())
"""Names that are words as well; with a capital they are taken for names."""

_TOWNS = """aberdeen antrim armagh athlone athy ayr ballymena ballymoney banbridge bangor barnsley belfast
birmingham blackburn blackpool bolton bournemouth bradford brighton bristol burnley cambridge canterbury
cardiff carlisle carlow carrickfergus castlebar cavan chelmsford cheltenham chester chesterfield clare
coleraine cookstown cornwall coventry craigavon crawley crewe cumbria darlington derby derry derbyshire
devon doncaster donegal dorset dover downpatrick drogheda dublin dudley dumfries dundalk dundee dungannon
durham eastbourne edinburgh england ennis enniskillen essex exeter falkirk fermanagh galway gateshead
glasgow gloucester grimsby guildford halifax hampshire hartlepool hereford hertfordshire huddersfield
inverness ipswich ireland kendal kent kerry kettering kildare kilkenny killarney lancashire lancaster larne
leeds leicester leitrim letterkenny limavady limerick lincoln lisburn liverpool llandudno londonderry
longford louth lurgan luton maidstone manchester mansfield mayo meath merseyside merthyr middlesbrough
monaghan mullingar navan newcastle newport newry newtownabbey newtownards norfolk northampton northumberland
norwich nottingham nuneaton oldham omagh oxford paisley perth peterborough plymouth portadown portsmouth
preston rochdale roscommon rotherham salford salisbury scotland sheffield shrewsbury sligo somerset
southampton southend stirling stockport strabane suffolk sunderland surrey sussex swansea swindon telford
tipperary tralee tyrone ulster wakefield wales walsall warrington warwick waterford watford westmeath
wexford wicklow wigan wolverhampton worcester wrexham yorkshire york"""
TOWNS: frozenset[str] = frozenset(_TOWNS.split())
"""Towns, counties and countries of the United Kingdom and Ireland that are no names of people as a rule."""

_CORE = frozenset(
    chain.from_iterable(
        words.split()
        for words in (
            *(_SMALL, _SHORT_FORMS, _VERBS, _THINGS, _QUALITIES),
            *(_NUMBERS, _CALENDAR, _SHORTENED, _TOGETHER),
        )
    )
)
COMMON: frozenset[str] = _CORE | frozenset(_FURTHER.split())
"""All of them, without case and punctuation."""
_SMALL_NAMES = frozenset("will may down dear grand".split())
HARMLESS: frozenset[str] = (
    frozenset(f"{_CALENDAR} {_NUMBERS} {_SHORTENED} {_TOGETHER}".split())
    | frozenset(f"{_SMALL} {_SHORT_FORMS}".split()) - _SMALL_NAMES
)
"""Those that are written with a capital, wherever they stand, and name nobody."""

# Forms of the more frequent words alone: others make names (aisle, Aisling). Not “er”: Walker, Baker.
_FORMS = tuple(
    (ending, rest)
    for endings, rest in (("s es ed ing ly ness ful est", ""), ("ed ing", "e"), ("ies ied", "y"))
    for ending in endings.split()
)
SHORTEST = 3


def everyday(norm: str) -> bool:
    """Whether a word is one of them, or a form of one: `appointments`, `slowest`, `carefully`."""
    if norm in COMMON:
        return True
    for ending, rest in _FORMS:
        stem = norm.removesuffix(ending) + rest
        if norm.endswith(ending) and len(stem) >= SHORTEST and (stem in _CORE or _doubled(stem)):
            return True
    return False


def _doubled(stem: str) -> bool:
    """Whether a stem has its last letter twice, as in `stopp(ed)`."""
    return len(stem) > SHORTEST and stem[-1] == stem[-2] and stem[:-1] in _CORE
