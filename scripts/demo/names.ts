/** Names that people at such a school would have: family names are shared by siblings and their parents. */
export interface NamePool {
  given: readonly string[]
  family: readonly string[]
}

const list = (text: string) => text.trim().split(/\s+/)

export const INDIAN_NAMES: NamePool = {
  given: list(`
    Aarav Aditi Advait Aisha Akash Amrita Ananya Anika Arjun Arnav Asha Avni Bhavya Charu Devika Dhruv Diya Farhan Gauri Harini
    Harsh Ishaan Ishita Jaya Kabir Kavya Keerthi Kiran Lakshmi Leela Madhav Maya Meera Mihir Naina Nandini Neha Nikhil Nisha Omkar
    Parth Pooja Pranav Priya Rahul Reyansh Riya Rohan Saanvi Sahil Sameer Sanjana Shreya Siddharth Sneha Tara Tanvi Uday Varun Vidya
    Vihaan Vivek Yash Zara Zoya`),
  family: list(`
    Agarwal Ahmed Bhat Bose Chatterjee Chauhan Das Desai Deshmukh Fernandes Ghosh Gill Gupta Iyengar Iyer Jain Joshi Kapoor Kaur Khan
    Kulkarni Kumar Malhotra Mehta Menon Mishra Mukherjee Nair Naidu Patel Pillai Prasad Qureshi Rajan Rao Reddy Roy Saxena Sen Shah
    Sharma Shetty Singh Sinha Srinivasan Subramaniam Thomas Trivedi Varma Verma`),
}

export const BRITISH_NAMES: NamePool = {
  given: list(`
    Ada Aidan Alfie Alice Amelia Amir Archie Bella Ben Caleb Charlotte Chloe Daisy Daniel Dylan Edith Ella Elliot Emily Esme Ethan Eva
    Finley Florence Freya George Grace Hannah Harriet Harry Hugo Imogen Isaac Isla Jack Jasmine Joseph Kofi Lara Leo Lewis Lily Lucas
    Lucy Maisie Matilda Maya Megan Mohammed Nathan Niamh Noah Nora Oliver Oscar Phoebe Poppy Reuben Rosie Ruby Samuel Sofia Theo Thomas
    William Willow Zachary`),
  family: list(`
    Adams Ahmed Akhtar Anderson Bailey Baker Begum Bell Bennett Brown Campbell Carter Chapman Clarke Collins Cooper Davies Edwards Evans
    Fletcher Foster Graham Gray Green Griffiths Hall Harris Hughes Hussain Jackson Jones Kelly Khan King Lewis Marshall Mason Mitchell
    Morgan Morris Murphy Okafor Osei Patel Phillips Price Roberts Scott Taylor Walsh`),
}
