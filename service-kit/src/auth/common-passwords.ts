/** Passwords tried first by everybody who guesses, with the ones a school invites: folded to lower case. */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `
  password password1 password12 password123 password1234 passw0rd p@ssw0rd p@ssword 12345678 123456789
  1234567890 123456789012 12345678910 qwertyuiop qwerty123 qwerty1234 qwertyui asdfghjkl zxcvbnm1
  1q2w3e4r 1q2w3e4r5t 1qaz2wsx qazwsxedc iloveyou iloveyou1 iloveyou123 sunshine sunshine1 princess
  princess1 football football1 baseball baseball1 superman superman1 batman123 welcome1 welcome12
  welcome123 welcome1234 letmein1 letmein123 trustno1 dragon123 monkey123 master123 shadow123 michael1
  jennifer jessica1 ashley123 computer computer1 internet internet1 whatever whatever1 starwars
  starwars1 pokemon123 charlie1 abcd1234 abc12345 abcdefgh abcdefg1 abcdefghijkl 11111111 111111111111
  00000000 000000000000 88888888 87654321 987654321 0987654321 9876543210 123123123 123123123123
  12341234 1234qwer qwer1234 q1w2e3r4 q1w2e3r4t5 a1b2c3d4 aa123456 a123456789 password! password1!
  password123! changeme changeme1 changeme123 change_me changeme1234 administrator admin123 admin1234
  admin12345 adminadmin admin123456 root1234 rootroot toor1234 teacher1 teacher12 teacher123
  teacher1234 teacher12345 student1 student12 student123 student1234 student12345 school123 school1234
  school12345 school123456 parent123 parent1234 principal principal1 principal123 classroom classroom1
  homework1 homework123 library123 india123 india1234 india@123 bharat123 mumbai123 delhi123 krishna1
  krishna123 ganesh123 saibaba1 omsairam omsairam1 jaimatadi hanuman1 hanuman123 mother123 father123
  family123 liverpool liverpool1 arsenal1 chelsea1 manchester manunited1 cricket1 cricket123 sachin123
  dhoni123 virat123 test1234 test12345 testtest testing1 testing123 testing12345 guest123 guest1234
  default1 default123 secret123 secret1234 mypassword mypassword1 mypassword123 thisismypassword
  letmeinplease correcthorsebatterystaple hello123 hello1234 hello12345 helloworld helloworld1
  goodmorning goodmorning1 freedom1 forever1 flower123 butterfly butterfly1 chocolate chocolate1
  cookie123 cheese123 pepper123 summer123 summer2024 summer2025 summer2026 winter123 winter2024
  winter2025 winter2026 spring2024 spring2025 spring2026 autumn2024 autumn2025 autumn2026 password2023
  password2024 password2025 password2026 qwertyuiopas qwertyuiop123 asdfghjkl123 zaq12wsx zaq1zaq1
  1qazxsw2 !qaz2wsx samsung1 samsung123 google123 facebook facebook1 facebook123 youtube123 minecraft
  minecraft1 minecraft123 fortnite1 fortnite123 roblox123 naruto123 pikachu1 spiderman spiderman1
  ironman123 hogwarts1 harrypotter harrypotter1 usmsusms usms1234 usms12345 usmsadmin usmsadmin123
  `
    .trim()
    .split(/\s+/),
)
