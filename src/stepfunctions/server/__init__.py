"""The AWS wire: protocols, operations and AWS's error codes. Nothing below knows them."""
