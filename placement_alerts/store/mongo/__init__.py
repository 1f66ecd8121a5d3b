"""The store on a MongoDB server, through Motor."""
