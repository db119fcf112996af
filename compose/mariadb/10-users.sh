# Run by the image at the server's first start: the users that do not come with it.
docker_process_sql <<SQL
CREATE USER shop IDENTIFIED BY '${SHOP_PASSWORD}';
GRANT ALL PRIVILEGES ON shop.* TO shop;
CREATE USER understudy IDENTIFIED BY '${UNDERSTUDY_PASSWORD}';
SQL
