from meydan.cli import main

main()
