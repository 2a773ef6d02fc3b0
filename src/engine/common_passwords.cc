#include "engine/common_passwords.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"

namespace filrouge::engine {

namespace {

// Lower case, in order, a comma between.
constexpr std::string_view kListed =
    "0000,00000,000000,0123,0123456789,0987654321,1004,1111,11111,111111,1122,112233,"
    "1212,121212,123123,123321,1234,12345,123456,1234567,12345678,123456789,1234567890,"
    "1313,131313,147258,147258369,159357,159753,1a2b3c,1a2z3e,1q2w3e,1q2w3e4r,1q2w3e4r5t,"
    "1q2w3e4r5t6y,1qaz,1qaz2wsx,2000,2020,2021,2022,2023,2024,2025,2026,2027,2222,222222,"
    "2580,258456,2wsx,321321,3333,333333,3edc,4321,4444,444444,456456,456789,4rfv,54321,"
    "5555,555555,654321,6666,666666,696969,741852,741852963,7654321,7777,777777,789456,"
    "789456123,852456,87654321,8888,888888,963852,987654321,9999,999999,a123456,a1b2c3,"
    "a1z2e3,a1z2e3r4,aa123456,abc,abc123,abcd,abcd1234,abcde,abcdef,abcdefg,abcdefgh,"
    "abcdefghi,abcdefghij,abcdefghijkl,abcdefghijklm,acces,access,adidas,admin,admin123,"
    "administrateur,administrator,africa,agent007,alex,alexander,alexandra,alexandre,"
    "algerie,alice,allah,alphabet,always,amanda,amazon,america,american,ami,amis,amour,"
    "amoureux,andrea,andrew,android,ange,angel,angels,angleterre,anthony,antoine,aout,"
    "apple,april,area51,argent,arsenal,asd,asd123,asdf,asdfgh,asdfghjkl,ashley,asshole,"
    "august,aurelie,automne,autumn,avril,aze,azerty,azerty123,azertyuiop,baby,bailey,"
    "banana,banane,bank,banque,barcelona,baseball,basketball,batman,battery,bayern,bear,"
    "beatles,bebe,bella,benjamin,berlin,bienvenue,bisou,bisous,bitch,black,blanc,blessed,"
    "bleu,blink182,blue,bond007,bonheur,bonjour,bonsoir,bordeaux,boss,boutique,boxing,"
    "broncos,brother,bruno,buddy,bureau,burger,business,buster,butterfly,cafe,caisse,"
    "camaro,camille,canada,caroline,cash,cat,catherine,celine,cerise,change,changeme,"
    "changer,charlie,charlie1,charlotte,chat,chaton,cheese,chef,chelsea,cheri,cherie,"
    "cherry,cheval,chevalier,chevrolet,chien,chloe,chocolat,chocolate,chouchou,christ,"
    "christian,christine,christophe,cisco,citroen,clement,client,cocacola,coco,coeur,"
    "coffee,commerce,company,computer,connard,contrasena,cookie,copain,copine,correct,"
    "correcthorsebatterystaple,corvette,coucou,cowboys,crystal,cul,customer,cycling,"
    "daisy,dance,daniel,danse,dauphin,david,debian,december,decembre,default,defaut,demo,"
    "diamond,dieu,dimanche,dog,dolphin,doudou,dracula,dragon,dragon1,ducati,dylan,eagle,"
    "eagles,earth,eau,edcrfv,emilie,eminem,emma,enfant,england,enter,entreprise,entry,"
    "enzo,eric,espana,essai,ete,etoile,europe,excalibur,fabrice,facebook,faith,falcon,"
    "famille,family,father,february,fender,ferrari,fete,feu,fevrier,fire,fleur,florian,"
    "flower,football,football1,forest,foret,forever,fortnite,fraise,francais,france,"
    "francois,freedom,french,friday,friend,friends,frodo,fromage,fuck,fuckme,fuckoff,"
    "fuckyou,game,gamer,gandalf,george,giants,gilles,ginger,gmail,god,goku,gold,golden,"
    "golf,golfer,google,grace,green,guest,guillaume,guitar,guitare,happiness,happy,"
    "harley,harry,heaven,hello,hiver,hobbit,hockey,home,honda,honey,horse,hotdog,hotmail,"
    "house,hugo,hulk,hunter,hunter2,ice,ilove,iloveyou,iloveyou1,ines,instagram,internet,"
    "invite,iphone,ironman,isabelle,italia,jack,jacques,jade,jamais,james,jamesbond,"
    "january,janvier,jasmine,jaune,jean,jennifer,jerome,jessica,jesus,jetaime,jeu,jeudi,"
    "jeux,job,john,johnny,joker,jordan,joshua,jtm,judo,juillet,juin,julie,julien,july,"
    "june,juventus,karate,kevin,killer,king,kitten,kitty,knight,lakers,lapin,laurent,lea,"
    "legolas,let,letmein,letmein1,liberte,lightning,lille,lily,linkedin,linux,lion,"
    "liverpool,lkjhgf,login,logon,loic,london,louis,louise,loulou,love,lovely,loveme,"
    "lover,loveyou,luc,lucas,lucky,lundi,lune,lyon,magasin,maggie,magic,magique,maison,"
    "maitre,maman,manager,manon,marc,march,mardi,marie,mario,marketing,maroc,mars,"
    "marseille,martin,martine,master,mathieu,mathis,matrix,matthew,maverick,max,maxime,"
    "mdp,mer,mercedes,mercredi,merde,merlin,metal,metallica,michael,michelle,microsoft,"
    "miel,million,minecraft,mnbvcxz,mon,monaco,monamour,moncoeur,monday,money,monkey,"
    "monkey1,monmotdepasse,moon,moonlight,motdepasse,mother,music,musique,mustang,"
    "mypassword,nantes,naruto,nascar,nathalie,nathan,nature,ncc1701,neige,network,never,"
    "newpassword,nice,nicolas,nicole,nike,ninja,nintendo,nirvana,noir,nopassword,nothing,"
    "nouveaumotdepasse,november,novembre,ocean,october,octobre,office,oliver,olivier,"
    "open,operateur,operator,oracle,orange,ordinateur,outlook,ouvre,ouvrir,paix,panda,"
    "panther,papa,papillon,paradis,paris,parola,party,pascal,pass1234,passcode,passe,"
    "passer,passphrase,passw0rd,password,password1,password12,password123,passwort,"
    "patrick,paul,peace,pepper,pepsi,peter,peugeot,philippe,phoenix,pierre,pikachu,pink,"
    "pirate,pizza,player,playstation,poiuyt,poiuytrewq,pokemon,pomme,poney,porn,porsche,"
    "prince,princess,princess1,princesse,printemps,puppy,purple,pussy,putain,q1w2e3,"
    "q1w2e3r4,qazwsx,qazwsxedc,qsd,qsdfgh,qsdfghjklm,quebec,queen,quentin,qwe,qwe123,"
    "qweasd,qweasdzxc,qwer,qwerty,qwerty1,qwerty123,qwertyuiop,qwertz,qwertzuiop,rabbit,"
    "rainbow,ranger,realmadrid,red,redsox,reine,renault,reseau,retail,rfvtgb,rich,"
    "richard,rien,robert,rock,rocky,roi,romain,root,rose,roses,rouge,rugby,rush2112,"
    "sales,salope,salut,samedi,sammy,samsung,sandrine,saturday,scooter,sebastian,"
    "sebastien,secret,secrete,secure,securite,security,senha,september,septembre,server,"
    "serveur,sex,sexy,shadow,shark,shit,shop,signin,silver,simon,sister,slipknot,smile,"
    "snake,sniper,snow,soccer,solarwinds,soleil,something,sophie,sourire,spartan,"
    "spiderman,spirit,sport,sports,spring,staple,star,stars,starwars,steelers,stephane,"
    "stephanie,store,storm,strawberry,sucre,sugar,summer,sunday,sunshine,sunshine1,"
    "superman,superuser,sylvie,sysadmin,system,systeme,tennis,terre,test,tester,testing,"
    "theo,thisisapassword,thomas,thunder,thursday,thx1138,tiger,tigre,tonnerre,toor,"
    "toujours,toulouse,toyota,travail,trooper,trustno,trustno1,tuesday,tulipe,tunisie,"
    "twitter,ubuntu,user,username,utilisateur,valerie,vampire,vanilla,vanille,velo,"
    "vendeur,vendredi,vente,veronique,vert,vincent,violet,wachtwoord,warrior,water,"
    "webmaster,wednesday,welcome,welcome1,whatever,white,william,windows,winter,wizard,"
    "wolf,wolfpack,work,wsxedc,wxc,wxcvbn,xbox,xyz,yahoo,yamaha,yankees,yellow,"
    "yourpassword,yxcvbnm,zaq12wsx,zara,zelda,zombie,zxc,zxc123,zxcv,zxcvbn,zxcvbnm";

constexpr std::size_t kOwnWordBytesMin = 3;  // of a name: what is shorter stands in every password

const std::vector<std::string_view>& listed() {
    static const std::vector<std::string_view> words = split(kListed, ',');
    return words;
}

// Leet's letters, as password rules taught everybody to write them.
char looks_like(char c) {
    switch (c) {
        case '0': return 'o';
        case '1':
        case '!': return 'i';
        case '3': return 'e';
        case '4':
        case '@': return 'a';
        case '5':
        case '$': return 's';
        case '7': return 't';
        default: return c;
    }
}

bool stands_at(std::string_view text, std::size_t at, std::string_view word) {
    if (word.size() > text.size() - at) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char c = text[at + i];
        const bool as_l = c == '1' && word[i] == 'l';
        if (c != word[i] && looks_like(c) != word[i] && !as_l) return false;
    }
    return true;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

// What may be written from the first byte to each: nothing, digits and signs alone, or with a word.
struct Reached {
    bool at_all = false, with_word = false;
};

class Covered {
  public:
    explicit Covered(std::string text) : text_(std::move(text)), reached_(text_.size() + 1) {
        reached_[0].at_all = true;
    }
    bool by(const std::vector<std::string_view>& words) {
        for (std::size_t at = 0; at < text_.size(); ++at) {
            if (!reached_[at].at_all) continue;
            if (!is_letter(text_[at])) go(at, 1, false);
            for (const std::string_view word : words) {
                if (stands_at(text_, at, word)) go(at, word.size(), true);
            }
        }
        return reached_.back().with_word;
    }

  private:
    void go(std::size_t at, std::size_t bytes, bool by_word) {
        Reached& there = reached_[at + bytes];
        there.at_all = true;
        there.with_word |= by_word || reached_[at].with_word;
    }
    std::string text_;
    std::vector<Reached> reached_;
};

}  // namespace

bool is_common_password(std::string_view password, std::string_view account) {
    constexpr std::size_t kDifferentMin = 4;
    if (std::set<char>(password.begin(), password.end()).size() < kDifferentMin) return true;
    const std::string name = ascii_lower(account);
    std::vector<std::string_view> words = listed();
    words.emplace_back("filrouge");
    words.emplace_back("rouge");
    words.emplace_back("fil");
    for (const std::string_view part : split(name, ' ')) {
        if (part.size() >= kOwnWordBytesMin) words.push_back(part);
    }
    return Covered(ascii_lower(password)).by(words);
}

}  // namespace filrouge::engine
