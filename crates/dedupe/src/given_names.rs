//! First names that people bear: by them a name that is another one is told from a name that was mistyped.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use crate::nicknames::has_other_forms;

/// Names in general use in Britain, Ireland, North America, Australia and Europe, and among their people of South Asian, Arabic
/// and East Asian descent, without accents. Written by hand; it need not be complete, for names that several records have count as
/// known as well.
const NAMES: &str = "\
    aaliyah aaron abbie abby abdul abdullah abel abigail abraham ada adam adelaide adele adriaan adrian adriana \
    adrienne agata agnes agnieszka ahmad ahmed aidan aiden aileen aimee aisha aisling ajay akash akira alan alana \
    alannah albert alberto aldo alec alejandro aleksandr aleksandra alessandra alessandro alessia alex alexa \
    alexander alexandra alexandre alexis alfie alfonso alfred ali alice alicia alina alison alistair allan allen \
    allison alma alok alvin alyssa amanda amandine amar amber amelia amelie amina amir amit amos amy ana anastasia \
    anders andrea andreas andrei andres andrew andrzej andy aneta angel angela angelica angelina angelo angie angus \
    anil anita anja anjali ankit ann anna annabel anne anneliese annette annie anouk anthony antoine anton antonia \
    antonio antony anya aoife april archie ariana arianna arjun arlene armando arnold arthur arturo arun asha ashish \
    ashleigh ashley ashok asif astrid athena aubrey audrey august aurora austin ava ayesha barbara barry bart bartosz \
    beatrice beatriz becky belinda bella ben benedict benita benjamin benoit bernadette bernard bernice bert bertha \
    beth bethany betty beverley beverly bilal bill billie billy birgit bjorn blake bob bobby bonnie brad bradley \
    brandon brenda brendan brett brian briana bridget brodie brody bronwyn brooke bruce bruno bryan bryce bryony \
    byron caden caitlin caleb callan callum calvin cameron camila camille candice caoimhe cara carina carl carla \
    carlos carly carmel carmen carol carole carolina caroline carolyn carrie carter casey cassandra cassie catalina \
    catherine cathy catriona cecil cecilia cedric celeste celia celine chad chandra chanel chantal charlene charles \
    charli charlie charlotte chase chelsea cheryl chiara chloe chris christa christian christiane christina christine \
    christoph christophe christopher ciara cindy claire clara clare clarence clarissa claude claudette claudia \
    claudio clayton clifford clint clinton clive clyde cody coen colette colin colleen connar connie connor conor \
    constance cooper cora corey cormac cornelia cornelius corrine courtney craig cristian cristina crystal curtis \
    cynthia cyril daisy dale damani damian damien damon dan dana daniel daniela daniele danielle danny dante daphne \
    darcy daria darius darlene darrell darren daryl dave david davide dawn dean deanna deborah debra declan deepa \
    deepak deirdre delia demi denis denise dennis derek dermot derrick desmond devin devon diana diane diego dieter \
    dilip dimitra dimitri dinesh dirk dmitri dolores dominic dominik dominique don donald donna dora doreen doris \
    dorothea dorothy douglas drew duncan dustin dwayne dwight dylan eamon earl ebony eddie eden edgar edie edith \
    edmund edna eduardo edward edwin effie eileen eilidh elaine eleanor elena eli elias elif elijah elisa elisabeth \
    elise eliza elizabeth ella ellen ellie elliot elliott eloise elsa elsie elvira emanuel emer emilia emilie emilio \
    emily emma emmanuel emmett enrico enrique enzo eoin eric erica erik erika erin ernest ernesto ernst esme \
    esmeralda esperanza esteban estelle esther ethan ethel etienne euan eugene eugenia eunice eva evan evangeline eve \
    evelyn evie ewa ewan ezra fabian fabio faisal faith farah fatima fatma faye federico felicia felicity felipe \
    felix fergus fernand fernanda fernando ffion finlay finn fiona flora florence florian floyd flynn frances \
    francesca francesco francis francisco francois frank frankie franklin franz fraser fred freda freddie frederic \
    frederick frederik freya friedrich fritz gabriel gabriela gabriele gabriella gaia gail gareth garrett gary gavin \
    gemma gene genevieve geoff geoffrey george georgia georgina gerald geraldine gerard gerd gerda gertrude gethin \
    giacomo gianluca gianna gilbert giles gillian gina giorgia giorgio giovanna giovanni giulia giuseppe gladys glen \
    glenn gloria gordon grace graeme graham grant greg gregory greta gretchen griffin grzegorz guadalupe guido \
    guillaume guillermo gunther gustav guy gwen gwendolyn habib hailey hamid hamish hamza hana hannah hans harald \
    hari harold harriet harris harrison harry harsh harvey hasan hassan hayden hayley hazel heather hector heidi \
    heike heinrich heinz helen helena helene helga helmut hendrik henri henrietta henrik henry herbert herman hilary \
    hilda holly hope horst howard hubert hudson hugh hugo humphrey hunter hussain hussein ian ibrahim ida ifan \
    ignacio igor ike ilona imogen imran indiana ines inga inge ingrid ioana iona ira irene irina iris irma isaac \
    isabel isabella isabelle isaiah isla ismail isobel israel ivan ivana ivo ivy jacinta jack jackie jackson jacob \
    jacqueline jacques jade jaime jake jakob jakub james jamie jan jana jane janet janice janina jared jaroslav \
    jasmin jasmine jason jasper javier jaxon jay jayden jayne jean jeanette jeanne jeff jeffery jeffrey jemima \
    jennifer jenny jens jeremiah jeremy jerome jerry jesse jessica jesus jett jill jim jimmy jo joachim joan joanna \
    joanne joao joaquin jochen jock jodie joe joel joern johan johann johanna johannes john johnny jolanta jon jonas \
    jonathan jordan jorge jose josef joseph josephine josh joshua joss joy joyce juan juana juanita judith judy jules \
    julia julian juliana julie julien juliet julio julius june jurgen justin justine kai kaia kaitlyn kamal kamil \
    kane karen karim karin karina karl karla karolina kasia katarzyna kate katharina katherine kathleen kathryn kathy \
    katie katrin katrina kavita kay kayla kaylee keiko keira keith kellie kelly kelsey kelvin ken kendra kenneth \
    kenny kenzie kerry kevin khadija khalid kian kiara kiera kieran kim kimberley kimberly kirsten kirsty klaus knut \
    koby kofi konrad kris krishna kristen kristian kristin kristina kristine krystyna krzysztof kumar kurt kwame kyle \
    kylie kyra lachie lachlan lana lance lara larry lars latisha latoya laura lauren laurence laurent lauri lawrence \
    layla lea leah leanne lee leela leigh leila lena leo leon leona leonard leonardo leonie leroy lesley leslie \
    leticia levi lewis liam liana lidia lila lilian liliana lillian lilly lily linda lindsay lindsey linus lionel \
    lisa lise liz lloyd logan lois lola lorenzo loretta lori lorna lorraine lothar lottie lou louis louisa louise luc \
    luca lucas lucia luciana lucie lucien lucinda lucy ludwig luigi luis luisa luka lukas lukasz luke luna lydia \
    lynda lynn lynne mabel macauley mackenzie maddison madeleine madeline madison mae magdalena maggie magnus mahalia \
    mahmoud mairead maisie malcolm malgorzata malik mandy manfred manish manoj manuel manuela marc marcel marcelo \
    marcia marcin marco marcos marcus marek margaret margarita margot marguerite maria mariam marian mariana marianne \
    marie marilyn marina mario marion marisa marissa marius marjorie mark marko markus marlene marley marshall marta \
    martha martin martina marvin mary maryam mason massimo mateo mateusz mathew mathias mathieu mathilde matilda matt \
    matteo matthew matthias matthieu maureen maurice mauricio max maxim maxime maximilian maxine maya mckenzie megan \
    mehmet mei melanie melinda melissa mercedes meredith mia micah michael michaela michal michel michele michelle \
    miguel mikaela mike mikhail milan mildred milena miles millie milo milton mina ming miranda miriam mitchell \
    mohamed mohammad mohammed moira molly mona monica monika monique montana morgan moritz morris moses muhammad \
    mungo muriel murray mustafa myra myrtle nadia nadine naomi natalia natalie natasha nathan nathaniel neal neha \
    neil nelson nia niamh nicholas nick nicola nicolas nicole nicoletta nigel nikhil nikita nikola nikolai nils nina \
    nisha noah noel noelle noemi nora norma norman oksana olaf olga olive oliver olivia olivier omar orla orlando \
    oscar osman otis otto owen pablo padraig paige pamela paola paolo pascal pat patience patricia patricio patrick \
    patrik paul paula paulette paulina pauline pawel pearl pedro peggy penelope penny percy perry peter petra phil \
    philip philipp philippa philippe phillip phoebe phoenix phyllis pia pierre pieter piotr pippa pooja poppy prakash \
    pranav preeti priscilla priya priyanka quentin quinn rachael rachel radka rafael rafferty rahul raj rajesh ralf \
    ralph ramon ramona randall randy raphael raquel raul ravi ray raymond rebecca rebekah reece reginald reinhard \
    rekha remy rena renata rene renee rex reza rhett rhiannon rhona rhys ria ricardo riccardo richard rick ricky \
    riley rita rob robert roberta roberto robin robyn rochelle roderick rodney rodrigo roger rohan rohit roland rolf \
    roman romeo ron ronald ronan ronnie rory rosa rosalie rosalind rosanna rose rosemary rosie ross rowan roxanne roy \
    ruairi ruby rudolf rudy rui rupert russell ruth ryan rylan sabine sabrina sachin sadie said sally salma salvatore \
    sam samantha samara samir samuel sandeep sandra sandro sanjay santiago sara sarah sasha saskia saul savannah \
    scarlett scott sean sebastian selena selina serena sergei sergio seth shae shahid shane shania shannon sharon \
    shaun shauna shawn sheena sheila shelby shelley sheryl shirley shreya sian sidney siegfried sienna sigrid silas \
    silke silvia simon simone sinead siobhan sioned skye sofia sofie solomon sonia sonja sophia sophie spencer stacey \
    stacy stan stanislav stanley stefan stefanie stefano stella stephanie stephen steve steven stewart stuart sue \
    summer sunil sunita surinder susan susana susanne suzanne sven svetlana sybil sydney syed sylvia sylvie tabitha \
    tadhg tahlia tamara tamsin tania tanja tanya tara tariq tasha tatiana tayla taylah taylor teagan ted tegan \
    terence teresa terri terry tess tessa thea thelma theo theodora theodore theresa therese thierry thomas thorsten \
    tiago tiana tiffany tilly tim timothy tina tobias toby todd tom tomas tomasz tommy tomos toni tony torsten \
    toshiko tracey tracy travis trevor tricia trina trinity tristan troy tyler tyrone tyson udo uma ursula ute uwe \
    valentina valentine valeria valerie vanessa vasile vaughan venkat vera verity vernon veronica veronika vicki \
    vicky victor victoria vijay vikram vince vincent vincenzo viola violet virginia vitor vivian viviana vivien \
    vladimir volker wade walter wanda warren wayne wei wendy werner wesley wilfred wilhelm will willem william willow \
    wilma wilson winifred winston wolfgang xavier xiu yan yann yasmin yolanda yosef youssef yuki yuri yusuf yves \
    yvette yvonne zac zachary zahra zainab zali zander zane zara zavier zbigniew zeynep zoe zofia zoltan zuzana";

static LISTED: LazyLock<FxHashSet<&str>> = LazyLock::new(|| NAMES.split(' ').filter(|name| !name.is_empty()).collect());

/// Whether the first word is a known first name. Plain words.
pub(crate) fn is_listed(given: &str) -> bool {
    let first = given.split(' ').next().unwrap_or_default();
    LISTED.contains(first) || has_other_forms(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_slips() {
        assert!(["john", "aoife", "bob", "mary ann"].into_iter().all(is_listed));
        assert!(["benjsmin", "jhon", ""].into_iter().all(|name| !is_listed(name)));
    }
}
