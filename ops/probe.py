"""`python -m ops.probe URL`: ends with 0 when the address answers well, for containers."""

import sys
import urllib.request

if __name__ == "__main__":
    urllib.request.urlopen(sys.argv[1], timeout=4).close()
