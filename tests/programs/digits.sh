# Pi, by Machin's and the library's own way.
echo 'scale=1000; 4*a(1)' | /bin/bc -l
echo 'scale=50; 4*(4*a(1/5)-a(1/239)); 2^200; sqrt(2)' | /bin/bc -l
